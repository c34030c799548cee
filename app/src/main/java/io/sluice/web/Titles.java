package io.sluice.web;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The titles of problems by their codes, in English and, for who asks for it, in German. */
final class Titles {

    static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);

    private static final Map<Locale, ResourceBundle> TITLES =
            LANGUAGES.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), Titles::bundle));

    private Titles() {}

    /** Reads the titles here and now: files are read as the server starts, never on an event loop. */
    static void load() {
        LANGUAGES.forEach(TITLES::get);
    }

    /** Without falling back to the language of the machine. */
    private static ResourceBundle bundle(Locale language) {
        return ResourceBundle.getBundle(
                "problems.titles",
                language,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    }

    static String of(String code, Locale language, String otherwise) {
        ResourceBundle titles = TITLES.get(language);
        return titles != null && titles.containsKey(code) ? titles.getString(code) : otherwise;
    }

    /** @param accepted as {@code Accept-Language}; what cannot be read or served is answered in English */
    static Locale languageOf(@Nullable String accepted) {
        if (accepted == null) {
            return Locale.ENGLISH;
        }
        try {
            Locale found = Locale.lookup(Locale.LanguageRange.parse(accepted), LANGUAGES);
            return found == null ? Locale.ENGLISH : found;
        } catch (IllegalArgumentException _) {
            return Locale.ENGLISH;
        }
    }
}
