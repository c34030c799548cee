package io.sluice.testing;

import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Somebody who is signed in and calls the server. */
public record TestUser(Server server, UUID id, String username, String token) {

    public WebTestClient.ResponseSpec get(String path) {
        return request(HttpMethod.GET, path).exchange();
    }

    public WebTestClient.ResponseSpec post(String path) {
        return request(HttpMethod.POST, path).exchange();
    }

    public WebTestClient.ResponseSpec post(String path, Object body) {
        return request(HttpMethod.POST, path).bodyValue(body).exchange();
    }

    public WebTestClient.ResponseSpec patch(String path, long version, Object body) {
        return request(HttpMethod.PATCH, path)
                .header(HttpHeaders.IF_MATCH, "\"" + version + "\"")
                .bodyValue(body)
                .exchange();
    }

    public WebTestClient.ResponseSpec put(String path, long version, Object body) {
        return request(HttpMethod.PUT, path)
                .header(HttpHeaders.IF_MATCH, "\"" + version + "\"")
                .bodyValue(body)
                .exchange();
    }

    public WebTestClient.ResponseSpec delete(String path) {
        return request(HttpMethod.DELETE, path).exchange();
    }

    /** For headers of one's own. */
    public WebTestClient.RequestBodySpec request(HttpMethod method, String path) {
        return server.client().method(method).uri(path).headers(headers -> headers.setBearerAuth(token));
    }
}
