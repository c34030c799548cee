package io.sluice.load;

import static io.gatling.javaapi.http.HttpDsl.http;

import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * The server that a simulation works against, with a token and fresh stock rows. {@code -Dsluice.url}, {@code
 * -Dsluice.logins} and {@code -Dsluice.role} name it.
 */
final class Target {

    private final Site site = new Site(URI.create(System.getProperty("sluice.url", "http://127.0.0.1:8080")));
    private final String token = site.token(Site.login(
            Path.of(System.getProperty("sluice.logins", ".sluice/demo-logins.json")),
            System.getProperty("sluice.role", "admin")));

    HttpProtocolBuilder protocol() {
        return http.baseUrl(site.base().toString())
                .authorizationHeader("Bearer " + token)
                .acceptHeader("application/json")
                .contentTypeHeader("application/json")
                .shareConnections();
    }

    List<Site.Row> rows(int count) {
        return site.rows(token, count);
    }

    static int setting(String name, int absent) {
        return Integer.getInteger("sluice." + name, absent);
    }
}
