package io.sluice.postgres;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** {@code postgresql://user:password@host:port/database}, taken apart. */
record PostgresUrl(String host, int port, String database, String user, String password) {

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
                colon < 0 ? "" : decode(identity.substring(colon + 1)));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** For Flyway, the only one that speaks JDBC. */
    String jdbc(DatabaseSettings settings) {
        String root = settings.sslRootCert() == null ? "" : "&sslrootcert=" + settings.sslRootCert();
        return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?sslmode=" + settings.sslMode() + root;
    }
}
