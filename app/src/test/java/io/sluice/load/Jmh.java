package io.sluice.load;

import java.io.IOException;

/**
 * Runs the JMH benchmarks: {@code mvn -q -B -Pload -pl app -am process-test-classes -Dload=Jmh -Dargs="Benchmark"},
 * where the arguments are JMH's own.
 */
public final class Jmh {

    private Jmh() {}

    public static void main(String[] arguments) throws IOException {
        org.openjdk.jmh.Main.main(arguments);
    }
}
