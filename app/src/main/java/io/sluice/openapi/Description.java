package io.sluice.openapi;

import io.sluice.shared.FieldError;
import io.sluice.web.Answers;
import io.sluice.web.Call;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;

/** The description of all routes. */
final class Description {

    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final String PROBLEM = "application/problem+json";

    private final Schemas schemas = new Schemas();
    private final Map<String, Map<String, Object>> paths = new TreeMap<>();

    /** A problem (RFC 9457). Some carry figures of their own besides. */
    record Problem(
            String type,
            String title,
            int status,
            String code,
            String detail,
            String traceId,
            Instant at,
            @Nullable List<FieldError> errors) {}

    static Map<String, Object> of(Map<RequestMappingInfo, HandlerMethod> routes) {
        var description = new Description();
        routes.forEach(description::add);
        return description.document();
    }

    private void add(RequestMappingInfo info, HandlerMethod handler) {
        Class<?> owner = handler.getBeanType();
        if (!owner.getPackageName().startsWith("io.sluice")) {
            return;
        }
        for (var pattern : info.getPatternsCondition().getPatterns()) {
            for (RequestMethod method : info.getMethodsCondition().getMethods()) {
                var route = new Route(pattern.getPatternString(), method.name(), handler.getMethod());
                Map<String, Object> path = paths.computeIfAbsent(route.path(), _ -> new LinkedHashMap<>());
                path.merge(method.name().toLowerCase(Locale.ROOT), operation(route), Description::both);
            }
        }
    }

    /** Two methods of one route differ in the media type of their bodies: what one says, and what the other adds. */
    private static Object both(Object one, Object other) {
        if (!(one instanceof Map<?, ?> first) || !(other instanceof Map<?, ?> second) || second.containsKey("$ref")) {
            return one;
        }
        if (first.containsKey("$ref")) {
            return other;
        }
        Map<Object, Object> all = new LinkedHashMap<>(first);
        second.forEach((name, value) -> all.merge(name, value, Description::both));
        return all;
    }

    record Route(String path, String verb, Method method) {

        boolean isOpen() {
            return !has(Call.class);
        }

        boolean isRead() {
            return verb.equals("GET");
        }

        boolean has(Class<?> type) {
            for (Class<?> parameter : method.getParameterTypes()) {
                if (parameter == type) {
                    return true;
                }
            }
            return false;
        }

        boolean hasVariables() {
            return path.indexOf('{') >= 0;
        }

        @Nullable
        Parameter annotated(Class<? extends java.lang.annotation.Annotation> annotation) {
            for (Parameter parameter : method.getParameters()) {
                if (parameter.isAnnotationPresent(annotation)) {
                    return parameter;
                }
            }
            return null;
        }

        /** A body that the method reads as it comes is described at the method itself. */
        @Nullable
        RequestBody stream() {
            return method.getAnnotation(RequestBody.class);
        }

        @Nullable
        Answers answers() {
            return method.getAnnotation(Answers.class);
        }
    }

    private Map<String, Object> operation(Route route) {
        Map<String, Object> operation = new LinkedHashMap<>();
        Class<?> owner = route.method().getDeclaringClass();
        Tag tag = owner.getAnnotation(Tag.class);
        operation.put("tags", List.of(tag == null ? tagOf(owner) : tag.name()));
        Operation words = route.method().getAnnotation(Operation.class);
        if (words != null) {
            operation.put("summary", words.summary());
        }
        operation.put("operationId", tagOf(owner) + "." + route.method().getName());
        operation.put("parameters", parameters(route));
        Map<String, Object> body = body(route);
        if (body != null) {
            operation.put("requestBody", body);
        }
        operation.put("responses", responses(route));
        if (route.isOpen()) {
            operation.put("security", List.of());
        }
        return operation;
    }

    private static String tagOf(Class<?> owner) {
        return owner.getSimpleName().replaceFirst("Http$", "").toLowerCase(Locale.ROOT);
    }

    private List<Object> parameters(Route route) {
        List<Object> parameters = new ArrayList<>();
        for (Parameter parameter : route.method().getParameters()) {
            if (parameter.isAnnotationPresent(PathVariable.class)) {
                parameters.add(variable(parameter));
            }
        }
        for (var header : route.method().getAnnotationsByType(io.swagger.v3.oas.annotations.Parameter.class)) {
            Map<String, Object> shown =
                    parameter(header.name(), header.in().toString(), header.required(), words(header));
            shown.put("description", header.description());
            parameters.add(shown);
        }
        Parameter query = route.annotated(ParameterObject.class);
        if (query != null) {
            for (RecordComponent component : query.getType().getRecordComponents()) {
                parameters.add(query(component));
            }
        }
        headers(route, parameters);
        return parameters;
    }

    private Map<String, Object> variable(Parameter variable) {
        var described = variable.getAnnotation(io.swagger.v3.oas.annotations.Parameter.class);
        return parameter(
                variable.getName(),
                "path",
                true,
                described == null ? schemas.sent(variable.getParameterizedType()) : words(described));
    }

    private static Map<String, Object> words(io.swagger.v3.oas.annotations.Parameter described) {
        return Schemas.schema("string", "enum", List.of(described.schema().allowableValues()));
    }

    private Map<String, Object> query(RecordComponent component) {
        Map<String, Object> schema = schemas.sent(component);
        withoutNull(schema);
        return parameter(component.getName(), "query", Schemas.isRequired(component), schema);
    }

    /** A parameter is there or not, never null. */
    private static void withoutNull(Map<String, Object> schema) {
        if (schema.get("type") instanceof List<?> types) {
            schema.put("type", types.getFirst());
        }
        if (schema.get("enum") instanceof List<?> words) {
            schema.put("enum", words.stream().filter(java.util.Objects::nonNull).toList());
        }
    }

    private void headers(Route route, List<Object> parameters) {
        parameters.add(reference("parameters", "API-Version"));
        Answers answers = route.answers();
        if (!route.isOpen() && !route.isRead()) {
            parameters.add(reference("parameters", "Idempotency-Key"));
        }
        if (!route.isOpen() && route.isRead()) {
            parameters.add(reference("parameters", "Sluice-Min-Position"));
        }
        if (answers != null && answers.ifMatch()) {
            parameters.add(reference("parameters", "If-Match"));
        }
        if (answers != null && answers.etag() && route.isRead()) {
            parameters.add(reference("parameters", "If-None-Match"));
        }
        if (route.path().equals("/api/streams")) {
            parameters.add(reference("parameters", "Last-Event-ID"));
            parameters.add(reference("parameters", "ticket"));
        }
    }

    private @Nullable Map<String, Object> body(Route route) {
        Map<String, Object> content = new LinkedHashMap<>();
        Map<String, Object> shown = new LinkedHashMap<>();
        Parameter body = route.annotated(RequestBody.class);
        if (body != null) {
            content.put(JSON, Map.of("schema", schemas.sent(body.getParameterizedType())));
        }
        RequestBody stream = route.stream();
        if (stream != null) {
            shown.put("description", stream.description());
            Arrays.stream(stream.content()).forEach(it -> content.put(it.mediaType(), streamed(it)));
        }
        shown.put("required", true);
        shown.put("content", content);
        return content.isEmpty() ? null : shown;
    }

    private static Map<String, Object> streamed(Content content) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("schema", Schemas.schema("string", "format", "binary"));
        Map<String, Object> examples = new LinkedHashMap<>();
        for (ExampleObject example : content.examples()) {
            examples.put(example.name(), Map.of("value", example.value()));
        }
        if (!examples.isEmpty()) {
            shown.put("examples", examples);
        }
        return shown;
    }

    private Map<String, Object> responses(Route route) {
        Map<String, Object> responses = new TreeMap<>();
        Answers answers = route.answers();
        int status = answers == null ? 200 : answers.status();
        responses.put(Integer.toString(status), success(route, answers));
        if (answers != null && answers.etag() && route.isRead()) {
            responses.put("304", Map.of("description", "Not changed since If-None-Match"));
        }
        if (route.path().startsWith("/health") && !route.path().endsWith("/live")) {
            responses.put("503", success(route, answers));
            responses.put("500", reference("responses", "500"));
            return responses;
        }
        for (String problem : problems(route)) {
            responses.put(problem, reference("responses", problem));
        }
        own(answers, responses);
        return responses;
    }

    private void own(@Nullable Answers answers, Map<String, Object> responses) {
        if (answers == null) {
            return;
        }
        Map<String, List<String>> codes = new TreeMap<>();
        for (String problem : answers.problems()) {
            codes.computeIfAbsent(problem.substring(0, 3), _ -> new ArrayList<>())
                    .add(problem.substring(4));
        }
        codes.forEach((status, own) -> responses.put(status, refusal(status, own)));
    }

    private Map<String, Object> refusal(String status, List<String> own) {
        List<String> codes = new ArrayList<>(own);
        codes.addAll(Codes.GENERAL.getOrDefault(status, List.of()));
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("description", String.join(", ", codes));
        shown.put("x-codes", codes);
        shown.put("content", Map.of(PROBLEM, Map.of("schema", schemas.answered(Problem.class))));
        return shown;
    }

    private static Set<String> problems(Route route) {
        Set<String> statuses = new java.util.TreeSet<>(Set.of("400", "403", "406", "414", "431", "500", "503", "504"));
        if (!route.isOpen()) {
            statuses.add("401");
        }
        if (route.hasVariables()) {
            statuses.add("404");
        }
        if (route.annotated(RequestBody.class) != null || route.stream() != null) {
            statuses.addAll(Set.of("413", "415"));
        }
        if (!route.isRead() && !route.isOpen()) {
            statuses.addAll(Set.of("409", "422", "429"));
        }
        Answers answers = route.answers();
        if (answers != null && answers.ifMatch()) {
            statuses.addAll(Set.of("412", "428"));
        }
        return statuses;
    }

    private Map<String, Object> success(Route route, @Nullable Answers answers) {
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("description", answers != null && answers.list() ? "A page, or lines" : "Done");
        response.put("headers", answerHeaders(route, answers));
        Map<String, Object> content = content(route, answers);
        if (!content.isEmpty()) {
            response.put("content", content);
        }
        return response;
    }

    private static Map<String, Object> answerHeaders(Route route, @Nullable Answers answers) {
        List<String> names = new ArrayList<>(List.of("API-Version", "X-Request-Id", "X-Trace-Id"));
        if (!route.isRead() && !route.isOpen()) {
            names.addAll(List.of("Sluice-Position", "Idempotency-Replayed"));
        }
        if (answers != null && answers.etag()) {
            names.add("ETag");
        }
        if (answers != null && answers.status() == 201) {
            names.add("Location");
        }
        if (answers != null && answers.cached()) {
            names.add("X-Cache");
        }
        Map<String, Object> headers = new LinkedHashMap<>();
        names.forEach(name -> headers.put(name, reference("headers", name)));
        return headers;
    }

    private Map<String, Object> content(Route route, @Nullable Answers answers) {
        Map<String, Object> content = new LinkedHashMap<>();
        if (answers != null && !answers.type().isEmpty()) {
            content.put(answers.type(), Map.of("schema", Schemas.schema("string")));
            return content;
        }
        Type body = bodyOf(route, answers);
        if (body == Void.class || (answers != null && answers.status() == 204)) {
            return content;
        }
        Map<String, Object> schema = schemas.answered(body);
        if (answers != null && answers.lines()) {
            content.put(LINES, Map.of("schema", schema));
            return content;
        }
        boolean list = answers != null && answers.list();
        content.put(JSON, Map.of("schema", list ? page(schema) : schema));
        if (list) {
            content.put(LINES, Map.of("schema", schema));
        }
        return content;
    }

    private static Type bodyOf(Route route, @Nullable Answers answers) {
        if (answers != null && answers.value() != Void.class) {
            return answers.value();
        }
        Type type = route.method().getGenericReturnType();
        while (Publisher.class.isAssignableFrom(Schemas.raw(type)) || Schemas.raw(type) == ResponseEntity.class) {
            type = Schemas.argument(type, 0);
        }
        return type == byte[].class || type == String.class ? Void.class : type;
    }

    private static Map<String, Object> page(Map<String, Object> item) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("items", Schemas.schema("array", "items", item));
        properties.put("next", described(List.of("string", "integer"), "The cursor of the next page; none: the end"));
        properties.put("total", Schemas.schema("integer", "description", "Of all rows, with count=true"));
        properties.put(
                "asOf", Schemas.schema("integer", "description", "The log's position that the rows show at least"));
        Map<String, Object> page = Schemas.schema("object", "properties", properties);
        page.put("required", List.of("items", "asOf"));
        page.put("additionalProperties", false);
        return page;
    }

    private static Map<String, Object> described(Object type, String words) {
        return new LinkedHashMap<>(Map.of("type", type, "description", words));
    }

    private Map<String, Object> document() {
        Map<String, Object> components = new LinkedHashMap<>();
        Map<String, Object> responses = new TreeMap<>();
        Codes.GENERAL.forEach((status, codes) -> responses.put(status, refusal(status, List.of())));
        components.put("responses", responses);
        components.put("parameters", Codes.headerParameters());
        components.put("headers", Codes.answerHeaders());
        components.put(
                "securitySchemes", Map.of("bearer", Map.of("type", "http", "scheme", "bearer", "bearerFormat", "JWT")));
        openProblem();
        components.put("schemas", schemas.all());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put("info", Map.of("title", "Sluice", "version", "1", "description", Codes.INTRODUCTION));
        document.put("servers", List.of(Map.of("url", "/")));
        document.put("security", List.of(Map.of("bearer", List.of())));
        document.put("paths", paths);
        document.put("components", components);
        return document;
    }

    /** Problems may have figures of their own: the current version, what is missing. */
    private void openProblem() {
        schemas.answered(Problem.class);
        Map<String, Object> schema = schemas.all().get("Problem");
        if (schema != null) {
            schema.put("additionalProperties", true);
        }
    }

    private static Map<String, Object> reference(String kind, String name) {
        return Map.of("$ref", "#/components/" + kind + "/" + name);
    }

    private static Map<String, Object> parameter(String name, String in, boolean required, Map<String, Object> schema) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("required", required);
        parameter.put("schema", schema);
        return parameter;
    }
}
