package io.sluice.imports;

import java.util.List;

/** A file on its way through reader and mapping, piece by piece. Not for sharing. */
public final class MappedFile {

    private final LineReader reader;
    private final LineMapping mapping;

    public MappedFile(Import it, LineReader.JsonObjects json) {
        this.mapping = LineMapping.of(it.resource(), it.options());
        this.reader = new LineReader(mapping.columns(), it.format(), it.options(), json);
        mapping.free(reader.free());
    }

    public List<Mapped> read(byte[] piece) {
        return reader.read(piece).stream().map(mapping::map).toList();
    }

    public List<Mapped> end() {
        return reader.end().stream().map(mapping::map).toList();
    }

    public LineMapping mapping() {
        return mapping;
    }

    public List<String> header() {
        return reader.header();
    }

    public char delimiter() {
        return reader.delimiter();
    }
}
