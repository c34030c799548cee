package io.sluice.imports.web;

import io.sluice.imports.Csv;
import io.sluice.imports.Import;
import io.sluice.imports.ImportFormat;
import io.sluice.imports.ImportLine;
import io.sluice.imports.ImportResource;
import io.sluice.web.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Failed lines as a CSV file of the same columns, to be mended and sent again: what was wrong stands before them, in
 * columns that an import does not read. A retail line keeps its number in the invoice, so that it stays the same line.
 */
final class Rejects {

    private static final List<String> REASONS = List.of("rejectLine", "rejectCode", "rejectField", "rejectMessage");

    private final Import it;
    private final char delimiter;
    private final boolean numbered;

    Rejects(Import it) {
        this.it = it;
        this.delimiter = it.checkpoint().delimiter().charAt(0);
        this.numbered = it.resource() == ImportResource.RETAIL
                && it.checkpoint().columns().stream().noneMatch(Rejects::isLineNumber);
    }

    private static boolean isLineNumber(String column) {
        String plain = column.replaceAll("[\\s_-]", "");
        return plain.equalsIgnoreCase("line") || plain.equalsIgnoreCase("lineno");
    }

    String header() {
        List<String> names = new ArrayList<>(REASONS);
        if (numbered) {
            names.add("Line");
        }
        names.addAll(it.checkpoint().columns());
        return Csv.write(names, delimiter);
    }

    String line(ImportLine line) {
        List<@Nullable String> fields = new ArrayList<>();
        fields.add(Long.toString(line.number()));
        fields.add(line.code());
        fields.add(line.field());
        fields.add(line.message());
        if (numbered) {
            fields.add(
                    line.key() == null ? null : line.key().substring(line.key().lastIndexOf('/') + 1));
        }
        String text = Objects.requireNonNullElse(line.line(), "");
        if (it.format() == ImportFormat.CSV) {
            fields.addAll(Csv.parse(text, delimiter));
        } else {
            addJson(text, fields);
        }
        return Csv.write(fields, delimiter);
    }

    private void addJson(String text, List<@Nullable String> fields) {
        try {
            JsonNode node = Json.MAPPER.readTree(text);
            for (String column : it.checkpoint().columns()) {
                JsonNode value = node.get(column);
                fields.add(
                        value == null || value.isNull()
                                ? null
                                : value.isString() ? value.stringValue() : value.toString());
            }
        } catch (JacksonException _) {
            fields.add(text);
        }
    }
}
