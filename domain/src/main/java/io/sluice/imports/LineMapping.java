package io.sluice.imports;

import io.sluice.shared.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the lines of a resource mean. Sees all lines of a file in their order. Not for sharing. */
public abstract sealed class LineMapping permits RetailMapping, MovementMapping, UsageMapping, CatalogueMapping {

    public abstract Columns columns();

    /** Never throws: a line that cannot be understood is {@link Mapped.Failed}. */
    public final Mapped map(SourceLine line) {
        String key = line.fault() == null ? keyOf(line) : null;
        if (line.fault() != null) {
            return new Mapped.Failed(
                    line,
                    null,
                    new Problem.Invalid(line.fault().code(), line.fault().message(), List.of(line.fault())));
        }
        try {
            return understood(line, key);
        } catch (Problem problem) {
            return new Mapped.Failed(line, key, problem);
        }
    }

    /** @param names of free columns in the order of their values; grows as they are met */
    void free(List<String> names) {}

    abstract @Nullable String keyOf(SourceLine line);

    abstract Mapped understood(SourceLine line, @Nullable String key);

    public static LineMapping of(ImportResource resource, ImportOptions options) {
        return switch (resource) {
            case RETAIL -> new RetailMapping(options);
            case CONSUMPTION -> new UsageMapping(options);
            case MOVEMENTS -> new MovementMapping(options, false);
            case STOCK -> new MovementMapping(options, true);
            case PARTS, LOCATIONS, CATEGORIES -> new CatalogueMapping(resource, options);
        };
    }
}
