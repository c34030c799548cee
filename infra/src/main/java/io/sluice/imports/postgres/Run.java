package io.sluice.imports.postgres;

import io.sluice.imports.Checkpoint;
import io.sluice.imports.Import;
import io.sluice.imports.ImportEvents;
import io.sluice.imports.ImportLine;
import io.sluice.imports.Mapped;
import io.sluice.imports.MappedFile;
import io.sluice.imports.Tally;
import io.sluice.log.Event;
import io.sluice.postgres.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** How far the import that this node carries out is. One chunk is on its way at a time, so nothing here is locked. */
final class Run {

    static final int PIECE = 256 * 1024;
    private static final long A_SECOND = Duration.ofSeconds(1).toNanos();

    private final Leases leases;
    private final Scheduler threads;
    private final Import it;
    private volatile MappedFile file;
    private volatile Checkpoint checkpoint;
    private volatile Map<String, Object> figures = Map.of();
    private volatile boolean cancelAsked;
    private volatile long bytesRead;
    private volatile long told = System.nanoTime() - A_SECOND;

    Run(Leases leases, Scheduler threads, Import it) {
        this.leases = leases;
        this.threads = threads;
        this.it = it;
        this.checkpoint = it.checkpoint();
        this.file = new MappedFile(it, ImportJson.LINES);
    }

    Import it() {
        return it;
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    boolean isDry() {
        return it.options().dryRun();
    }

    /** Where the identity of a line may be taken already. */
    String[] scopes() {
        return isDry() ? new String[] {it.keyScope(), it.dryScope()} : new String[] {it.keyScope()};
    }

    boolean isCancelAsked() {
        return cancelAsked;
    }

    void cancelAsked(boolean asked) {
        cancelAsked |= asked;
    }

    void startOver() {
        checkpoint = Checkpoint.START;
    }

    /** What the whole file came to, for the result. */
    void figures(Map<String, Object> known) {
        figures = known;
    }

    Map<String, Object> figures() {
        return figures;
    }

    MappedFile file() {
        return file;
    }

    /** The file from its beginning; ends early when the import is to be cancelled. */
    Flux<Mapped> lines() {
        return Flux.defer(() -> lines(new MappedFile(it, ImportJson.LINES)));
    }

    /** Cutting and parsing a piece is more than an event loop should do at once. */
    private Flux<Mapped> lines(MappedFile fresh) {
        file = fresh;
        bytesRead = 0;
        int pieces = (int) ((it.bytes() + PIECE - 1) / PIECE);
        return Flux.range(0, pieces)
                .takeWhile(_ -> !cancelAsked)
                .concatMap(number -> leases.piece(it.id(), number), 1)
                .publishOn(threads, 1)
                .map(piece -> read(fresh, piece))
                .concatWith(Mono.fromSupplier(fresh::end))
                .concatMapIterable(lines -> lines, 1);
    }

    private List<Mapped> read(MappedFile fresh, byte[] piece) {
        bytesRead += piece.length;
        return fresh.read(piece);
    }

    Tally.Sum sum() {
        return new Tally.Sum(checkpoint.tally());
    }

    Checkpoint after(List<ImportLine> lines, Tally tally) {
        return checkpoint.after(lines, bytesRead, tally, file);
    }

    /** In the transaction of the lines. */
    Mono<Void> advance(Session session, Checkpoint next, List<ImportLine> lines) {
        return leases.advance(session, it.id(), next, lines)
                .doOnNext(this::cancelAsked)
                .then();
    }

    /** At most one a second. */
    List<Event> progress(Checkpoint next) {
        return System.nanoTime() - told >= A_SECOND ? List.of(ImportEvents.progressed(it.at(next))) : List.of();
    }

    void committed(Checkpoint next) {
        checkpoint = next;
        if (System.nanoTime() - told >= A_SECOND) {
            told = System.nanoTime();
        }
    }
}
