package io.sluice.postgres;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code postgresql://user:password@host:port/database}, taken apart.
 *
 * @param options {@code sslmode} and {@code sslrootcert}, which go before the settings of these names
 */
record PostgresUrl(String host, int port, String database, String user, String password, Map<String, String> options) {

    private static final String MODE = "sslmode";
    private static final String ROOT = "sslrootcert";

    static PostgresUrl parse(String text) {
        URI uri = URI.create(text);
        String identity = uri.getRawUserInfo();
        if (uri.getScheme() == null
                || !uri.getScheme().startsWith("postgres")
                || uri.getHost() == null
                || identity == null) {
            throw new IllegalArgumentException(
                    "sluice.database.url must look like postgresql://user:password@host:port/database");
        }
        int colon = identity.indexOf(':');
        return new PostgresUrl(
                uri.getHost(),
                uri.getPort() < 0 ? 5432 : uri.getPort(),
                uri.getPath().substring(1),
                decode(colon < 0 ? identity : identity.substring(0, colon)),
                colon < 0 ? "" : decode(identity.substring(colon + 1)),
                options(uri.getRawQuery()));
    }

    /** An option that is passed over in silence could be the one that asks for encryption. */
    private static Map<String, String> options(@Nullable String query) {
        Map<String, String> options = new HashMap<>();
        for (String option : query == null ? new String[0] : query.split("&")) {
            String[] pair = option.split("=", 2);
            if (pair.length < 2 || !Set.of(MODE, ROOT).contains(pair[0])) {
                throw new IllegalArgumentException(
                        "sluice.database.url may have the options " + MODE + " and " + ROOT + " only");
            }
            options.put(pair[0], decode(pair[1]));
        }
        return Map.copyOf(options);
    }

    /** As libpq's {@code sslmode}. */
    String sslMode(DatabaseSettings settings) {
        return options.getOrDefault(MODE, settings.sslMode());
    }

    /** File of the CA that the server's certificate is checked against. */
    @Nullable
    String sslRootCert(DatabaseSettings settings) {
        String asked = options.get(ROOT);
        return asked == null ? settings.sslRootCert() : asked;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** For Flyway, the only one that speaks JDBC. */
    String jdbc(DatabaseSettings settings) {
        String root = sslRootCert(settings);
        return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?sslmode=" + sslMode(settings)
                + (root == null ? "" : "&sslrootcert=" + encode(root));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
