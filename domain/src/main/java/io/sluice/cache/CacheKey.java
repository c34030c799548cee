package io.sluice.cache;

import io.sluice.shared.TenantId;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an entry is found by: the tenant, a kind of read, and all that makes its answer differ, the reader's scope
 * included where rights matter. Parts are texts, numbers, booleans, enum constants, UUIDs, times, Optionals, arrays,
 * collections and maps of them; two keys are written alike only when their parts are the same.
 *
 * @param tags topics whose events make the entry stale, {@code kind:*} for any of a kind; no part of the identity
 */
public record CacheKey(TenantId tenant, String kind, List<Object> parts, Set<String> tags) {

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9.-]{0,60}");

    public CacheKey {
        if (!KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("no kind of cache entry: " + kind);
        }
        parts = List.copyOf(parts);
        tags = Set.copyOf(tags);
    }

    public static CacheKey of(TenantId tenant, String kind, Object... parts) {
        return new CacheKey(tenant, kind, List.of(parts), Set.of());
    }

    public CacheKey tagged(Collection<String> topics) {
        return new CacheKey(tenant, kind, parts, Set.copyOf(topics));
    }

    public CacheKey tagged(String... topics) {
        return tagged(List.of(topics));
    }

    /** {@code sluice:{tenant}:{kind}:} and the parts, each as type, length, colon, text. */
    @Override
    public String toString() {
        return parts.stream()
                .map(CacheKey::toText)
                .collect(Collectors.joining("", "sluice:" + tenant + ":" + kind + ":", ""));
    }

    private static String toText(@Nullable Object part) {
        return switch (part) {
            case null -> "-";
            case Optional<?> maybe -> toText(maybe.orElse(null));
            case CharSequence text -> sized(text.toString());
            case Boolean flag -> sized('b', flag.toString());
            case Number number -> sized('n', number.toString());
            case Enum<?> constant -> sized('e', constant.name());
            case UUID id -> sized('u', id.toString());
            case TemporalAccessor time -> sized('t', time.toString());
            case Map<?, ?> map -> sized('m', sorted(map.entrySet().stream().map(CacheKey::toPair)));
            case Set<?> set -> sized('o', sorted(set.stream().map(CacheKey::toText)));
            case Collection<?> list -> sized('l', inOrder(list));
            case Object[] array -> sized('l', inOrder(Arrays.asList(array)));
            default -> throw new IllegalArgumentException("no part of a cache key: " + part.getClass());
        };
    }

    private static String toPair(Map.Entry<?, ?> pair) {
        return toText(pair.getKey()) + toText(pair.getValue());
    }

    private static String sorted(Stream<String> texts) {
        return texts.sorted().collect(Collectors.joining());
    }

    private static String inOrder(Collection<?> list) {
        return list.stream().map(CacheKey::toText).collect(Collectors.joining());
    }

    /** A text with half a surrogate pair has no UTF-8 form of its own, so it is written in hex. */
    private static String sized(String text) {
        return text.chars().noneMatch(unit -> Character.isSurrogate((char) unit))
                ? sized('s', text)
                : sized('x', hex(text));
    }

    private static String hex(String text) {
        return text.chars().mapToObj("%04x"::formatted).collect(Collectors.joining());
    }

    private static String sized(char type, String text) {
        return type + Integer.toString(text.length()) + ":" + text;
    }
}
