package io.sluice.load;

import java.net.URI;
import java.util.List;

/** What every run has: the server, who may do what there, the loops for readers and the publisher. */
final class Stage implements AutoCloseable {

    private static final int SETTLE_MILLIS = 500;

    final Options options;
    final Site site;
    final List<String> tokens;
    final Wish wish;
    final Usage.Watched watched;

    private final Loops readers;
    private final Loops writers = new Loops("publisher", 1);

    Stage(Options options) {
        this.options = options;
        var server = URI.create(options.text("url", "ws://127.0.0.1:8080/rsocket"));
        site = new Site(server);
        tokens = Site.tokens(site, options);
        wish = Wish.of(server, options);
        watched = Usage.Watched.of(options);
        readers = new Loops("subscribers", options.number("loops", 1));
    }

    Audience audience() {
        return new Audience(readers, options.number("loops", 1));
    }

    List<Site.Row> rows() {
        return site.rows(tokens.getFirst(), options.number("rows", 1));
    }

    /** A publisher of issues from these rows, connected. */
    Publisher publisher(List<Site.Row> rows) throws InterruptedException {
        var issues = new Issues(tokens.getFirst(), rows);
        var publisher = new Publisher(writers.next(), site.base(), issues, options.number("connections", 64));
        Thread.sleep(SETTLE_MILLIS);
        return publisher;
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }
}
