package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;

class TitlesIT {

    /** Where a problem is made, with its code as a literal. */
    private static final Pattern MADE = Pattern.compile("new Problem\\.\\w+\\(\\s*\"([a-z-]+)\",");

    /** Kinds of things that are not found, and what is wrong with a line of a file: both stand in no answer as codes. */
    private static final Set<String> NO_CODES = Set.of(
            "alert",
            "category",
            "event",
            "import",
            "location",
            "movement",
            "notification",
            "part",
            "route",
            "session",
            "topic",
            "user",
            "duplicate-column",
            "missing-column",
            "too-many-columns");

    @Test
    void hasATitleInEachLanguageForEveryCodeThatIsDescribed() {
        Set<String> described = Api.read().document().findValues("x-codes").stream()
                .flatMap(JsonNode::valueStream)
                .map(JsonNode::asString)
                .collect(Collectors.toSet());

        assertThat(described).hasSizeGreaterThan(50);
        assertTitled(described);
    }

    @Test
    void hasATitleInEachLanguageForEveryCodeThatAProblemIsMadeWith() throws IOException {
        Set<String> made = new HashSet<>();
        for (String module : Set.of("domain", "infra", "app")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                files.filter(it -> it.toString().endsWith(".java"))
                        .map(TitlesIT::text)
                        .flatMap(it -> MADE.matcher(it).results())
                        .forEach(it -> made.add(it.group(1)));
            }
        }
        made.removeAll(NO_CODES);

        assertThat(made).hasSizeGreaterThan(40);
        assertTitled(made);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertTitled(Set<String> codes) {
        for (Locale language : Titles.LANGUAGES) {
            assertThat(codes)
                    .as(language.getDisplayLanguage(Locale.ENGLISH))
                    .allMatch(code -> !Titles.of(code, language, "").isBlank());
        }
        assertThat(codes)
                .allMatch(code -> !Titles.of(code, Locale.GERMAN, "").equals(Titles.of(code, Locale.ENGLISH, ""))
                        || code.equals("conflict"));
    }

    @Test
    void answersInTheLanguageThatIsPreferred() {
        Map.of(
                        "de", "de",
                        "de-AT, en;q=0.5", "de",
                        "fr, de;q=0.5, en;q=0.1", "de",
                        "en-GB, de;q=0.9", "en",
                        "de;q=0, en", "en",
                        "fr", "en",
                        "*", "en",
                        ";;;", "en")
                .forEach((accepted, language) -> Server.shared()
                        .client()
                        .get()
                        .uri("/api/me")
                        .header(HttpHeaders.ACCEPT_LANGUAGE, accepted)
                        .exchange()
                        .expectHeader()
                        .valueEquals(HttpHeaders.CONTENT_LANGUAGE, language)
                        .expectHeader()
                        .values(HttpHeaders.VARY, it -> assertThat(it)
                                .anyMatch(name -> name.contains("Accept-Language")))
                        .expectBody()
                        .jsonPath("$.code")
                        .isEqualTo("unauthenticated")
                        .jsonPath("$.title")
                        .isEqualTo(language.equals("de") ? "Nicht angemeldet" : "Not signed in"));
    }
}
