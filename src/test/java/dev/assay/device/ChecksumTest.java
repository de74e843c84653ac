package dev.assay.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    @Test
    void everyBitAndEveryPlaceCounts() {
        byte[] bytes = random(37);
        Set<Long> seen = new HashSet<>(Set.of(Checksum.of(bytes)));

        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            seen.add(Checksum.of(flipped));
        }

        assertThat(seen).hasSize(1 + 8 * bytes.length);
    }

    @Test
    void swappedWordsDiffer() {
        byte[] bytes = random(16);
        byte[] swapped = new byte[16];
        System.arraycopy(bytes, 0, swapped, 8, 8);
        System.arraycopy(bytes, 8, swapped, 0, 8);

        assertThat(Checksum.of(swapped)).isNotEqualTo(Checksum.of(bytes));
    }

    @Test
    void lengthCountsEvenWhereThePaddingIsTheSame() {
        assertThat(Checksum.of(new byte[9])).isNotEqualTo(Checksum.of(new byte[10]));
        assertThat(Checksum.of(new byte[0])).isNotEqualTo(Checksum.of(new byte[8]));
    }

    @Test
    void onlyTheFirstBytesCount() {
        byte[] bytes = random(21);

        assertThat(Checksum.of(bytes, 13)).isEqualTo(Checksum.of(java.util.Arrays.copyOf(bytes, 13)));
        assertThatThrownBy(() -> Checksum.of(bytes, 22))
                .hasMessageContaining("0..21")
                .hasMessageContaining("22");
    }

    @Test
    void theDefinitionWordByWord() {
        byte[] bytes = {1, 0, 0, 0, 0, 0, 0, (byte) 0x80, (byte) 0xFF, 2};

        assertThat(Checksum.of(bytes))
                .isEqualTo(Counter.hash(10, -1) + Counter.hash(0x8000000000000001L, 0) + Counter.hash(0x02FFL, 1));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random().nextBytes(bytes);
        return bytes;
    }
}
