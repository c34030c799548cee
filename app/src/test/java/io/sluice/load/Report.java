package io.sluice.load;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What was measured: one JSON line on standard output for programs, one line on standard error for people. */
final class Report {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Object> values = new LinkedHashMap<>();

    Report put(String name, Object value) {
        values.put(name, value);
        return this;
    }

    Report put(String name, long value) {
        values.put(name, value);
        return this;
    }

    Report put(String name, double value) {
        values.put(name, Math.round(value * 1000) / 1000.0);
        return this;
    }

    Report latencies(String prefix, Latencies latencies) {
        return put(prefix + "p50", latencies.millis(.5))
                .put(prefix + "p90", latencies.millis(.9))
                .put(prefix + "p99", latencies.millis(.99))
                .put(prefix + "max", latencies.maxMillis());
    }

    double number(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    void print(String format, Object... arguments) {
        System.err.println(String.format(Locale.ROOT, format, arguments));
        System.out.println(JSON.writeValueAsString(values));
        System.out.flush();
    }
}
