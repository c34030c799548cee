package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testing.Server;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
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
