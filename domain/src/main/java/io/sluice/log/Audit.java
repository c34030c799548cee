package io.sluice.log;

import reactor.core.publisher.Mono;

/** Finds what was altered behind the server's back. */
public final class Audit {

    private final EventLog log;
    private final Books books;

    public Audit(EventLog log, Books books) {
        this.log = log;
        this.books = books;
    }

    /** Both at once, since one works here and the other in the database. Only a whole chain can prove the books. */
    public Mono<Verification> verify() {
        return Mono.zip(log.verify(), books.verify(), Audit::worse);
    }

    private static Verification worse(Verification chain, Verification rows) {
        return chain.whole() && !rows.whole() ? rows : chain;
    }
}
