package io.sluice.load;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The words of a command line: {@code --name value}, or {@code --name} alone for true. An unknown name is refused. */
final class Options {

    private final Map<String, String> values = new HashMap<>();

    private Options() {}

    static Options of(String[] words, Set<String> known) {
        var options = new Options();
        for (int i = 0; i < words.length; i++) {
            var name = nameOf(words[i], known);
            var bare = i + 1 == words.length || words[i + 1].startsWith("--");
            options.values.put(name, bare ? "true" : words[++i]);
        }
        return options;
    }

    private static String nameOf(String word, Set<String> known) {
        if (!word.startsWith("--") || !known.contains(word.substring(2))) {
            throw new IllegalArgumentException("unknown option " + word + ", known are "
                    + known.stream().sorted().toList());
        }
        return word.substring(2);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name, String absent) {
        return values.getOrDefault(name, absent);
    }

    int number(String name, int absent) {
        return values.containsKey(name) ? Integer.parseInt(values.get(name)) : absent;
    }

    double fraction(String name, double absent) {
        return values.containsKey(name) ? Double.parseDouble(values.get(name)) : absent;
    }

    boolean flag(String name, boolean absent) {
        return values.containsKey(name) ? Boolean.parseBoolean(values.get(name)) : absent;
    }

    List<String> list(String name, String absent) {
        return Arrays.stream(text(name, absent).split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
