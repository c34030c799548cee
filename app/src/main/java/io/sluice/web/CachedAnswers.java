package io.sluice.web;

import io.sluice.cache.Cache;
import io.sluice.cache.CacheKey;
import io.sluice.cache.CachePolicy;
import io.sluice.cache.Cached;
import io.sluice.cache.Codec;
import io.sluice.log.FollowedTenants;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Reads that are answered from the cache, as the bytes that go out; {@code X-Cache} says from where. */
@Component
public final class CachedAnswers {

    private static final Codec<Body> CODEC = Codec.of(CachedAnswers::encode, CachedAnswers::decode);

    private final Cache cache;
    private final FollowedTenants followed;

    CachedAnswers(Cache cache, FollowedTenants followed) {
        this.cache = cache;
        this.followed = followed;
    }

    /** JSON with its entity tag. */
    public record Body(byte[] json, String etag) {}

    /** @param tags topics whose events make the answer stale */
    public Mono<ResponseEntity<byte[]>> answer(
            Call call, String kind, List<Object> parts, Set<String> tags, Duration life, Mono<Body> loader) {
        return answer(call, kind, parts, tags, new CachePolicy(life, modeOf(call)), loader);
    }

    /** Reads anew and keeps the result. */
    public Mono<ResponseEntity<byte[]>> renewed(
            Call call, String kind, List<Object> parts, Set<String> tags, Duration life, Mono<Body> loader) {
        return answer(call, kind, parts, tags, new CachePolicy(life, CachePolicy.Mode.NO_CACHE), loader);
    }

    private Mono<ResponseEntity<byte[]>> answer(
            Call call, String kind, List<Object> parts, Set<String> tags, CachePolicy policy, Mono<Body> loader) {
        CacheKey key = new CacheKey(call.principal().tenant(), kind, parts, tags);
        return followed.follow(key.tenant())
                .then(cache.get(key, policy, CODEC, loader))
                .map(cached -> toResponse(call, cached));
    }

    private static CachePolicy.Mode modeOf(Call call) {
        String wish = call.header(HttpHeaders.CACHE_CONTROL);
        if (wish == null) {
            return CachePolicy.Mode.NORMAL;
        }
        return wish.contains("no-store")
                ? CachePolicy.Mode.NO_STORE
                : wish.contains("no-cache") ? CachePolicy.Mode.NO_CACHE : CachePolicy.Mode.NORMAL;
    }

    private static ResponseEntity<byte[]> toResponse(Call call, Cached<Body> cached) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("X-Cache", cached.level().word());
        headers.set(HttpHeaders.ETAG, cached.value().etag());
        headers.set(HttpHeaders.CACHE_CONTROL, "private, no-cache");
        if (matches(call.header(HttpHeaders.IF_NONE_MATCH), cached.value().etag())) {
            return new ResponseEntity<>(headers, HttpStatus.NOT_MODIFIED);
        }
        headers.setContentType(MediaType.APPLICATION_JSON);
        return new ResponseEntity<>(cached.value().json(), headers, HttpStatus.OK);
    }

    private static boolean matches(@Nullable String wished, String etag) {
        return wished != null
                && (wished.equals("*") || List.of(wished.split("\\s*,\\s*")).contains(etag));
    }

    private static byte[] encode(Body body) {
        byte[] etag = body.etag().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + etag.length + body.json().length)
                .putInt(etag.length)
                .put(etag)
                .put(body.json())
                .array();
    }

    private static Body decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        byte[] etag = new byte[buffer.getInt()];
        buffer.get(etag);
        byte[] json = new byte[buffer.remaining()];
        buffer.get(json);
        return new Body(json, new String(etag, StandardCharsets.UTF_8));
    }
}
