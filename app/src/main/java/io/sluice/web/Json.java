package io.sluice.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.log.CanonicalJson;
import io.sluice.shared.Quantity;
import io.sluice.shared.TenantId;
import java.math.BigDecimal;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** How answers are written: camelCase, absent values left out, quantities as plain numbers, times in ISO 8601. */
public final class Json {

    public static final JsonMapper MAPPER = JsonMapper.builder()
            .changeDefaultPropertyInclusion(it -> it.withValueInclusion(JsonInclude.Include.NON_NULL))
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .addModule(new SimpleModule()
                    .addSerializer(Quantity.class, new QuantityWriter())
                    .addSerializer(BigDecimal.class, new DecimalWriter())
                    .addSerializer(TenantId.class, new TenantWriter()))
            .build();

    private Json() {}

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    private static final class QuantityWriter extends StdSerializer<Quantity> {
        QuantityWriter() {
            super(Quantity.class);
        }

        @Override
        public void serialize(Quantity value, JsonGenerator out, SerializationContext context) {
            if (value.fits(0)) {
                out.writeNumber(value.thousandths() / 1000);
            } else {
                out.writeNumber(value.toBigDecimal());
            }
        }
    }

    /** Without trailing zeros: 2.5, however many decimals its column has. */
    private static final class DecimalWriter extends StdSerializer<BigDecimal> {
        DecimalWriter() {
            super(BigDecimal.class);
        }

        @Override
        public void serialize(BigDecimal value, JsonGenerator out, SerializationContext context) {
            out.writeNumber(CanonicalJson.plain(value));
        }
    }

    private static final class TenantWriter extends StdSerializer<TenantId> {
        TenantWriter() {
            super(TenantId.class);
        }

        @Override
        public void serialize(TenantId value, JsonGenerator out, SerializationContext context) {
            out.writeString(value.toString());
        }
    }
}
