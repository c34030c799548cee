package io.sluice.postgres;

import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads what jsonb columns give back; numbers keep their digits. */
public final class JsonText {

    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private JsonText() {}

    public static Map<String, Object> object(String json) {
        return EXACT.readValue(json, OBJECT);
    }

    public static Object any(String json) {
        return EXACT.readValue(json, Object.class);
    }
}
