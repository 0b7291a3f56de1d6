package io.lakehousecdc.sink.change;

/** What happened to a row at the source, by Debezium's {@code op} codes. */
public enum Operation {
  CREATE("c"),
  UPDATE("u"),
  DELETE("d"),
  READ("r"),
  TRUNCATE("t");

  private final String code;

  Operation(String code) {
    this.code = code;
  }

  /** Debezium's one-letter code. */
  public String code() {
    return code;
  }
}
