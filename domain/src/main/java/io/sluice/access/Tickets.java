package io.sluice.access;

import io.sluice.log.Caller;
import io.sluice.log.Ledger;
import io.sluice.log.OnceKey;
import io.sluice.log.StoredAnswer;
import io.sluice.shared.Ids;
import io.sluice.shared.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import reactor.core.publisher.Mono;

/** Tickets stand for an access token where a client can send no headers: each works once, on any node, within 30 s. */
public final class Tickets {

    public static final Duration LIFE = Duration.ofSeconds(30);
    private static final StoredAnswer SPENT = StoredAnswer.of(204, "");

    private final Tokens tokens;
    private final Ledger ledger;
    private final Clock clock;

    public Tickets(Tokens tokens, Ledger ledger, Clock clock) {
        this.tokens = tokens;
        this.ledger = ledger;
        this.clock = clock;
    }

    public record Issued(String ticket, Instant expiresAt) {}

    public Mono<Issued> issue(Principal principal) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS); // as precise as the ticket's own times
        var access = new Tokens.Access(
                principal.tenant(), principal.account(), principal.session(), now, principal.expiresAt());
        var ticket = new Tokens.Ticket(Ids.next(), access, now.plus(LIFE));
        return tokens.sign(ticket).map(signed -> new Issued(signed, ticket.expiresAt()));
    }

    /** What the token gave that the ticket was made for; {@code ticket-spent} from the second time on. */
    public Mono<Tokens.Access> redeem(String signed) {
        return tokens.verifyTicket(signed).delayUntil(this::spend).map(Tokens.Ticket::access);
    }

    private Mono<StoredAnswer> spend(Tokens.Ticket ticket) {
        var once = new OnceKey("ticket", ticket.id().toString(), "", LIFE.multipliedBy(2));
        return ledger.remember(once, SPENT)
                .filter(answer -> !answer.replayed())
                .switchIfEmpty(Mono.error(Tickets::spent))
                .contextWrite(context ->
                        context.put(Caller.class, Caller.system(ticket.access().tenant(), "access.ticket")));
    }

    private static Problem spent() {
        return new Problem.Unauthenticated("ticket-spent", "a ticket works once, ask for another");
    }
}
