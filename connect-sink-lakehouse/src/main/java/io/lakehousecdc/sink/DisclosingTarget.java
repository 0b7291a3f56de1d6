// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import io.lakehousecdc.sink.error.Disclosure;
import io.lakehousecdc.sink.error.FatalException;
import io.lakehousecdc.sink.error.FencedException;
import io.lakehousecdc.sink.error.OutOfOrderException;
import io.lakehousecdc.sink.error.RecordException;
import io.lakehousecdc.sink.error.RetriableException;
import io.lakehousecdc.sink.error.TargetException;
import io.lakehousecdc.sink.spi.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Factory of targets whose failures hold values of records in their messages. */
final class DisclosingTarget {
  private DisclosingTarget() {}

  /** The target, with values in the messages of its failures if they may be told. */
  static Target of(Target target, Disclosure disclosure) {
    if (disclosure == Disclosure.NAMES) {
      return target;
    }
    return (Target)
        Proxy.newProxyInstance(
            Target.class.getClassLoader(),
            new Class<?>[] {Target.class},
            (proxy, method, arguments) -> {
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() instanceof TargetException failure
                    ? disclosed(failure, disclosure)
                    : e.getCause();
              }
            });
  }

  private static TargetException disclosed(TargetException failure, Disclosure disclosure) {
    String message = disclosure.message(failure);
    if (message.equals(failure.getMessage()) || failure instanceof FencedException) {
      return failure;
    }
    if (failure instanceof RecordException record) {
      return new RecordException(message, record.table(), record.key(), failure);
    }
    if (failure instanceof OutOfOrderException) {
      return new OutOfOrderException(message, failure);
    }
    return failure instanceof RetriableException retriable
        ? retriable.told(message)
        : new FatalException(message, failure);
  }
}
