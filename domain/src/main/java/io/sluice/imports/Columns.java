package io.sluice.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Which columns a mapping wants, each under one or more names that match without case, blanks, '_' and '-'. */
public final class Columns {

    private final List<Column> columns;
    private final Map<String, Integer> byName = new HashMap<>();
    private final Predicate<String> free;

    private record Column(String name, boolean required) {}

    private Columns(List<Column> columns, Map<String, Integer> byName, Predicate<String> free) {
        this.columns = List.copyOf(columns);
        this.byName.putAll(byName);
        this.free = free;
    }

    /** Names with {@code |} between them; one that begins with {@code !} must be there. */
    public static Columns of(String... wished) {
        List<Column> columns = new ArrayList<>();
        Map<String, Integer> byName = new HashMap<>();
        for (String wish : wished) {
            boolean required = wish.startsWith("!");
            String[] names = (required ? wish.substring(1) : wish).split("\\|");
            for (String name : names) {
                byName.put(plain(name), columns.size());
            }
            columns.add(new Column(names[0], required));
        }
        return new Columns(columns, byName, _ -> false);
    }

    /** These, and any number of columns whose name (stripped) fits. */
    public Columns andFree(Predicate<String> fits) {
        return new Columns(columns, byName, fits);
    }

    public int size() {
        return columns.size();
    }

    public String name(int column) {
        return columns.get(column).name();
    }

    /** -1: not wished. */
    int indexOf(String name) {
        return byName.getOrDefault(plain(name), -1);
    }

    boolean isFree(String name) {
        return free.test(name.strip());
    }

    /** The first column that must be there and is not; empty when none is missing. */
    String missing(Predicate<Integer> present) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).required() && !present.test(i)) {
                return columns.get(i).name();
            }
        }
        return "";
    }

    static String plain(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '_' && c != '-' && !Character.isWhitespace(c) && c != '\uFEFF') {
                plain.append(c);
            }
        }
        return plain.toString().toLowerCase(Locale.ROOT);
    }
}
