package io.sluice.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The encodings of bodies, the best first, and the choice among them by {@code Accept-Encoding} (RFC 9110, 12.5.3). */
enum Encoding {
    BR("br"),
    GZIP("gzip"),
    DEFLATE("deflate");

    private static final List<Encoding> ALL = List.of(values());

    private final String word;

    Encoding(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** The one with the highest weight, ours in doubt; null when the client takes none, or prefers the body plain. */
    static @Nullable Encoding choose(String accepted, boolean withBrotli) {
        Encoding best = null;
        double highest = 0;
        for (Encoding encoding : ALL) {
            double weight = encoding == BR && !withBrotli ? 0 : weightOf(encoding.word, accepted);
            if (weight > highest) {
                highest = weight;
                best = encoding;
            }
        }
        return highest > 0 && highest >= explicit("identity", accepted) ? best : null;
    }

    private static double weightOf(String word, String accepted) {
        double named = explicit(word, accepted);
        return named >= 0 ? named : Math.max(0, explicit("*", accepted));
    }

    /** -1 when the word is not there. */
    private static double explicit(String word, String accepted) {
        for (String element : accepted.split(",")) {
            int end = element.indexOf(';');
            String coding = (end < 0 ? element : element.substring(0, end)).strip();
            if (coding.equalsIgnoreCase(word) || (word.equals("gzip") && coding.equalsIgnoreCase("x-gzip"))) {
                return end < 0 ? 1 : quality(element.substring(end + 1).strip());
            }
        }
        return -1;
    }

    private static double quality(String parameter) {
        if (!parameter.regionMatches(true, 0, "q=", 0, 2)) {
            return 1;
        }
        try {
            return Math.clamp(Double.parseDouble(parameter.substring(2).strip()), 0, 1);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
