package io.sluice.log.postgres;

import io.sluice.log.Anchor;
import io.sluice.shared.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The anchors that this node has signed, outside the database: a file for each tenant, a line for each anchor. */
final class AnchorFiles {

    private final Path folder;

    AnchorFiles(Path folder) {
        this.folder = folder;
    }

    /** Completes when the line is in the file. */
    Mono<Void> keep(TenantId tenant, Anchor anchor) {
        return Mono.fromCallable(() -> write(tenant, anchor))
                .subscribeOn(Schedulers.boundedElastic())
                .then();
    }

    private Path write(TenantId tenant, Anchor anchor) throws IOException {
        Files.createDirectories(folder);
        String line = String.join(
                " ",
                Long.toString(anchor.position()),
                anchor.hash(),
                anchor.at().toString(),
                anchor.signature());
        return Files.writeString(
                fileOf(tenant),
                line + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.SYNC);
    }

    Flux<Anchor> of(TenantId tenant) {
        return Mono.fromCallable(() -> read(fileOf(tenant)))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMapIterable(lines -> lines)
                .map(AnchorFiles::toAnchor);
    }

    private static List<String> read(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static Anchor toAnchor(String line) {
        String[] parts = line.split(" ");
        return new Anchor(Long.parseLong(parts[0]), parts[1], Instant.parse(parts[2]), parts[3]);
    }

    private Path fileOf(TenantId tenant) {
        return folder.resolve(tenant.toString());
    }
}
