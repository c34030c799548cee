package io.sluice.postgres;

import io.sluice.postgres.Session.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Several writes as one statement: all but the last in {@code WITH}, their parameters counted on. */
final class Together {

    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

    /** By the statements of a step, of which a program has a handful. */
    private static final Map<List<String>, String> KNOWN = new ConcurrentHashMap<>();

    private Together() {}

    static String sqlOf(List<Write> writes) {
        List<String> statements = writes.stream().map(Write::sql).toList();
        String known = KNOWN.get(statements);
        return known != null ? known : KNOWN.computeIfAbsent(statements, _ -> join(writes));
    }

    static @Nullable Object[] argumentsOf(List<Write> writes) {
        return writes.stream()
                .flatMap(write -> Stream.of(write.arguments()))
                .map(Together::sent)
                .toArray();
    }

    private static @Nullable Object sent(@Nullable Object argument) {
        return argument instanceof Object[] array ? ArrayText.of(array) : argument;
    }

    private static String join(List<Write> writes) {
        List<String> counted = new ArrayList<>();
        int offset = 0;
        for (Write write : writes) {
            counted.add(countedFrom(offset, write.sql()));
            offset += write.arguments().length;
        }
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < counted.size() - 1; i++) {
            sql.append(i == 0 ? "WITH" : ",")
                    .append(" w")
                    .append(i)
                    .append(" AS (")
                    .append(counted.get(i))
                    .append(")");
        }
        return sql.append('\n').append(counted.getLast()).toString();
    }

    private static String countedFrom(int offset, String sql) {
        return PARAMETER.matcher(sql).replaceAll(it -> "\\$" + (offset + Integer.parseInt(it.group(1))));
    }
}
