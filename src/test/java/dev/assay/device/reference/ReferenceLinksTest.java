package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.PeerAccess;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.workload.PeerMethod;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReferenceLinksTest {
    private static final int BYTES = 1000;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final ReferenceDevice device = new ReferenceDevice("n0", 0);
    private final byte[] data = random();

    @ParameterizedTest
    @EnumSource
    void whatOneWritesTheOtherReads(PeerMethod method) {
        PeerAccess mine = device.peerAccess();
        PeerAccess theirs = new ReferenceDevice("n0", 1).peerAccess();
        try (Stream stream = device.newStream();
                DeviceMemory shared = mine.allocate(2 * BYTES);
                DeviceMemory source = device.allocate(BYTES)) {
            DeviceMemory opened = theirs.open(mine.offer(shared), 2 * BYTES);
            mine.withdraw(shared);
            source.write(data);

            theirs.copy(method, source, opened.slice(BYTES, BYTES), BYTES, stream);
            stream.synchronize(DEADLINE);

            assertThat(shared.slice(BYTES, BYTES).read()).isEqualTo(data);
            assertThat(shared.slice(0, BYTES).read()).containsOnly(0);
        }
    }

    @Test
    void whatIsWithdrawnLeavesNoFileAndIsNotOpened() {
        PeerAccess mine = device.peerAccess();
        DeviceMemory shared = mine.allocate(BYTES);
        byte[] offer = mine.offer(shared);
        assertThat(Path.of(new String(offer, StandardCharsets.UTF_8))).exists();
        assertThatThrownBy(() -> mine.open(offer, BYTES + 1))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("1000 bytes, expected 1001");

        mine.withdraw(shared);

        assertThat(Path.of(new String(offer, StandardCharsets.UTF_8))).doesNotExist();
        assertThatThrownBy(() -> mine.open(offer, BYTES)).isInstanceOf(DeviceException.class);
    }

    @Test
    void pinnedCopiesMoveTheFirstBytesAndNoOthers() {
        HostCopies copies = device.hostCopies();
        try (Stream stream = device.newStream();
                DeviceMemory memory = device.allocate(BYTES);
                PinnedMemory from = copies.allocate(BYTES, copies.places().get(0));
                PinnedMemory to = copies.allocate(BYTES, copies.places().get(0))) {
            from.buffer().put(data);
            device.poison(memory, stream);

            copies.copyIn(from, memory, BYTES - 1, stream);
            copies.copyOut(memory, to, BYTES, stream);
            stream.synchronize(DEADLINE);

            byte[] expected = Arrays.copyOf(data, BYTES);
            expected[BYTES - 1] = (byte) 0xFF;
            byte[] arrived = new byte[BYTES];
            to.buffer().get(arrived);
            assertThat(arrived).isEqualTo(expected);
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[BYTES];
        new Random().nextBytes(bytes);
        return bytes;
    }
}
