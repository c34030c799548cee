package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {

    private static final UUID ID = UUID.fromString("01900000-0000-7000-8000-0000000000ab");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenant",
                "system",
                "stock",
                "role:vendor_manager",
                "role:*",
                "user:*",
                "location:*",
                "part:*",
                "location:01900000-0000-7000-8000-0000000000ab",
                "part:01900000-0000-7000-8000-0000000000ab",
                "category:01900000-0000-7000-8000-0000000000ab",
                "alert:01900000-0000-7000-8000-0000000000ab",
                "job:01900000-0000-7000-8000-0000000000ab",
                "user:01900000-0000-7000-8000-0000000000ab"
            })
    void readsWhatItWrites(String text) {
        assertThat(Topic.parse(text))
                .hasValueSatisfying(topic -> assertThat(topic).hasToString(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "*",
                "stock:",
                "stock:*",
                "Stock",
                "STOCK",
                " stock",
                "stock ",
                "tenant:x",
                "part",
                "part:",
                "part:1",
                "part:**",
                "part:* ",
                "PART:*",
                "part:01900000-0000-7000-8000-0000000000AB",
                "part:01900000-0000-7000-8000-0000000000a",
                "part:01900000-0000-7000-8000-0000000000ab,",
                "part:01900000-0000-7000-8000-0000000000ab:x",
                "part:1-1-1-1-1",
                "location:%2A",
                "role:Admin",
                "role:",
                "role:a b",
                "bin:01900000-0000-7000-8000-0000000000ab",
                "stock\u0000",
                "part:*\n"
            })
    void refusesWhatIsNotExactlyATopic(String text) {
        assertThat(Topic.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Topic.Kind.class)
    void hasAWordForEveryKind(Topic.Kind kind) {
        assertThat(Topic.Kind.of(kind.word())).contains(kind);
    }

    @Test
    void widensToItsKind() {
        assertThat(Topic.part(ID).wildcard()).hasToString("part:*");
        assertThat(Topic.STOCK.wildcard()).isEqualTo(Topic.STOCK);
        assertThat(Topic.part(ID).isWildcard()).isFalse();
        assertThat(Topic.part(ID).uuid()).isEqualTo(ID);
    }

    @Test
    void refusesABareKindWithAnIdAndTheOthersWithout() {
        assertThatThrownBy(() -> new Topic(Topic.Kind.STOCK, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Topic(Topic.Kind.PART, "")).isInstanceOf(IllegalArgumentException.class);
    }
}
