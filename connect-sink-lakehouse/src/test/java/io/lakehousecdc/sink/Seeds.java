// SPDX-License-Identifier: Apache-2.0
package io.lakehousecdc.sink;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Seeds of a random test: a few in a build, and as many as the system property {@code
 * lakehousecdc.soak.seeds} says in a soak, from 1.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(Seeds.Provider.class)
public @interface Seeds {
  /** How many in a build. */
  int value();

  /** Counts the seeds. */
  final class Provider implements ArgumentsProvider, AnnotationConsumer<Seeds> {
    private long count;

    @Override
    public void accept(Seeds seeds) {
      count = Long.getLong("lakehousecdc.soak.seeds", seeds.value());
    }

    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      return LongStream.rangeClosed(1, count).mapToObj(Arguments::of);
    }
  }
}
