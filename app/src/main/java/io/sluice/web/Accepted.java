package io.sluice.web;

import java.lang.reflect.Method;
import java.util.List;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.server.NotAcceptableStatusException;

/** What a caller accepts, by weight: the most specific range that holds a type counts (RFC 9110, 12.5.1). */
record Accepted(List<MediaType> ranges) {

    static Accepted by(HttpHeaders headers) {
        try {
            return new Accepted(headers.getAccept());
        } catch (InvalidMediaTypeException _) {
            throw new NotAcceptableStatusException("a list of media types is expected in Accept");
        }
    }

    /** Routes that name what they produce are chosen by it; all others answer JSON, and lists lines as well. */
    void require(Method route) {
        if (ranges.isEmpty() || weightOf(MediaType.APPLICATION_JSON) > 0 || namesItsTypes(route)) {
            return;
        }
        Answers answers = route.getAnnotation(Answers.class);
        MediaType own = answers == null || answers.type().isEmpty()
                ? MediaType.APPLICATION_NDJSON
                : MediaType.parseMediaType(answers.type());
        boolean hasOwn = answers != null && (answers.list() || !answers.type().isEmpty());
        if (!hasOwn || weightOf(own) <= 0) {
            throw new NotAcceptableStatusException(List.of(MediaType.APPLICATION_JSON, own));
        }
    }

    private static boolean namesItsTypes(Method route) {
        var mapping = AnnotatedElementUtils.findMergedAnnotation(route, RequestMapping.class);
        return mapping != null && mapping.produces().length > 0;
    }

    /** Lines are meant only by who names them. */
    boolean prefersLines() {
        double lines = weightOfRange(MediaType.APPLICATION_NDJSON);
        return lines > 0 && lines >= weightOfRange(MediaType.APPLICATION_JSON);
    }

    private double weightOf(MediaType type) {
        for (MediaType range : List.of(type, new MediaType(type.getType(), "*"), MediaType.ALL)) {
            double weight = weightOfRange(range);
            if (weight >= 0) {
                return weight;
            }
        }
        return 0;
    }

    /** -1 when the range is not there. */
    private double weightOfRange(MediaType range) {
        return ranges.stream()
                .filter(range::equalsTypeAndSubtype)
                .mapToDouble(MediaType::getQualityValue)
                .findFirst()
                .orElse(-1);
    }
}
