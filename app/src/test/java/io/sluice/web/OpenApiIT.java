package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.imports.ImportResource;
import io.sluice.testing.Server;
import io.sluice.testing.Tenants;
import io.sluice.testing.TestTenant;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

class OpenApiIT {

    private final Api api = Api.read();
    private final Map<RequestMappingInfo, HandlerMethod> routes =
            Server.shared().bean(RequestMappingHandlerMapping.class).getHandlerMethods();

    @Test
    void describesEveryRouteWithItsAnswersAndProblems() {
        assertThat(routes).isNotEmpty();
        routes.forEach(
                (info, handler) -> info.getMethodsCondition().getMethods().forEach(method -> {
                    JsonNode operation = operation(info, method.name());
                    assertThat(operation.path("summary").asString(""))
                            .as(info.toString())
                            .isNotBlank();
                    JsonNode responses = operation.get("responses");
                    assertThat(responses.propertyStream().map(Map.Entry::getKey))
                            .as(info.toString())
                            .anyMatch(status -> status.startsWith("2"))
                            .contains("500");
                    responses
                            .propertyStream()
                            .filter(it ->
                                    it.getKey().startsWith("2") && !it.getKey().equals("204"))
                            .forEach(it -> assertThat(
                                            it.getValue().path("content").isEmpty())
                                    .as(info + " says what it answers")
                                    .isFalse());
                }));
    }

    @Test
    void describesEveryFieldThatARouteBinds() {
        routes.forEach(
                (info, handler) -> info.getMethodsCondition().getMethods().forEach(method -> {
                    JsonNode operation = operation(info, method.name());
                    for (Parameter parameter : handler.getMethod().getParameters()) {
                        if (parameter.isAnnotationPresent(RequestBody.class)) {
                            JsonNode schema = api.resolved(operation
                                    .get("requestBody")
                                    .get("content")
                                    .get("application/json")
                                    .get("schema"));
                            assertFields(schema, parameter.getType());
                        } else if (parameter.isAnnotationPresent(ParameterObject.class)) {
                            assertThat(operation
                                            .get("parameters")
                                            .valueStream()
                                            .filter(it ->
                                                    it.path("in").asString("").equals("query"))
                                            .map(it -> it.get("name").asString()))
                                    .containsExactlyInAnyOrderElementsOf(names(parameter.getType()));
                        }
                    }
                }));
    }

    @Test
    void describesEveryBodyThatARouteIsChosenBy() {
        routes.forEach((info, handler) -> {
            for (MediaType type : info.getConsumesCondition().getConsumableMediaTypes()) {
                info.getMethodsCondition().getMethods().forEach(method -> assertThat(operation(info, method.name())
                                .at("/requestBody/content")
                                .propertyNames())
                        .as(info.toString())
                        .contains(type.toString()));
            }
        });
    }

    @Test
    void saysOfEveryParameterWhatItTakes() {
        for (Api.Call call : api.calls()) {
            for (JsonNode parameter : call.parameters()) {
                JsonNode known = api.resolved(parameter);
                JsonNode schema = api.resolved(known.path("schema"));
                assertThat(known.has("description") || isLimited(schema))
                        .as(call + " " + known)
                        .isTrue();
            }
        }
    }

    private static boolean isLimited(JsonNode schema) {
        return schema.path("type").asString("").equals("boolean")
                || (schema.has("items") && isLimited(schema.get("items")))
                || Stream.of("format", "enum", "pattern", "maxLength", "maximum", "maxItems")
                        .anyMatch(schema::has);
    }

    @Test
    void namesTheCodesOfEveryRefusal() {
        for (Api.Call call : api.calls()) {
            call.operation()
                    .get("responses")
                    .propertyStream()
                    .filter(it -> it.getKey().compareTo("400") >= 0)
                    .filter(it -> !call.path().startsWith("/health"))
                    .forEach(it -> assertThat(
                                    api.resolved(it.getValue()).path("x-codes").isEmpty())
                            .as(call + " " + it.getKey())
                            .isFalse());
        }
    }

    @Test
    void readsEveryExampleOfAFileAsDescribed() {
        TestTenant tenant = Tenants.fresh();
        JsonNode operation =
                api.document().path("paths").path("/api/imports/{resource}").path("post");

        assertThat(operation.at("/requestBody/content").propertyNames())
                .contains("text/csv", "application/x-ndjson", "application/gzip", "application/octet-stream");
        operation.at("/requestBody/content").forEachEntry((type, content) -> content.path("examples")
                .forEachEntry((resource, example) -> tenant.admin()
                        .request(HttpMethod.POST, "/api/imports/" + resource)
                        .header("Content-Type", type)
                        .bodyValue(example.get("value").asString())
                        .exchange()
                        .expectStatus()
                        .isAccepted()));
        Mono.fromCallable(tenant::events)
                .subscribeOn(Schedulers.boundedElastic())
                .repeatWhen(again -> again.delayElements(Duration.ofMillis(50)))
                .filter(events -> events.stream()
                                .filter(it -> it.type().equals("part.created"))
                                .count()
                        == 2)
                .next()
                .block(Duration.ofSeconds(30));
    }

    @Test
    void namesEveryResourceThatIsImported() {
        JsonNode resource = api.document()
                .path("paths")
                .path("/api/imports/{resource}")
                .path("post")
                .path("parameters")
                .valueStream()
                .filter(it -> it.path("name").asString("").equals("resource"))
                .findFirst()
                .orElseThrow();

        assertThat(resource.at("/schema/enum").valueStream().map(JsonNode::asString))
                .containsExactly(Arrays.stream(ImportResource.values())
                        .map(ImportResource::word)
                        .toArray(String[]::new));
    }

    private void assertFields(JsonNode schema, Class<?> type) {
        assertThat(schema.get("properties").propertyNames()).containsExactlyInAnyOrderElementsOf(names(type));
        assertThat(schema.get("additionalProperties").asBoolean()).isFalse();
    }

    private static List<String> names(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private JsonNode operation(RequestMappingInfo info, String method) {
        String path =
                info.getPatternsCondition().getPatterns().iterator().next().getPatternString();
        JsonNode operation = api.document().path("paths").path(path).path(method.toLowerCase(Locale.ROOT));
        assertThat(operation.isMissingNode()).as(method + " " + path).isFalse();
        return operation;
    }

    @Test
    void refersOnlyToWhatIsThere() {
        assertThat(api.document().findValuesAsString("$ref")).isNotEmpty().allSatisfy(it -> assertThat(
                        api.document().at(it.substring(1)).isMissingNode())
                .as(it)
                .isFalse());
    }
}
