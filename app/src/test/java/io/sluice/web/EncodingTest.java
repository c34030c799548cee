package io.sluice.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EncodingTest {

    @Test
    void takesTheHighestWeightAndOursInDoubt() {
        assertThat(Encoding.choose("gzip, deflate, br", true)).isEqualTo(Encoding.BR);
        assertThat(Encoding.choose("gzip, deflate, br", false)).isEqualTo(Encoding.GZIP);
        assertThat(Encoding.choose("gzip;q=0.2, deflate;q=0.3", true)).isEqualTo(Encoding.DEFLATE);
        assertThat(Encoding.choose("GZIP", true)).isEqualTo(Encoding.GZIP);
    }

    @Test
    void takesNoneThatIsRefused() {
        assertThat(Encoding.choose("gzip;q=0", true)).isNull();
        assertThat(Encoding.choose("br;q=0, *;q=0.1", true)).isEqualTo(Encoding.GZIP);
        assertThat(Encoding.choose("*;q=0", true)).isNull();
        assertThat(Encoding.choose("", true)).isNull();
        assertThat(Encoding.choose("gzip;q=nonsense", true)).isNull();
    }
}
