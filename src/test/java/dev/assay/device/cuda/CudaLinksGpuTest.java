package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPages;
import dev.assay.device.HostPlace;
import dev.assay.device.MemoryLoad;
import dev.assay.device.PeerAccess;
import dev.assay.device.PinnedMemory;
import dev.assay.workload.MemoryKernel;
import dev.assay.workload.PeerMethod;
import java.nio.IntBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one process can see of links by itself: pinned copies, and the copies of peers within GPU 0. */
class CudaLinksGpuTest extends GpuTest {
    private static final long BYTES = (4L << 20) + 16;

    @Test
    void pinnedMemoryOfEveryPlaceIsCopiedBothWays() {
        HostCopies copies = device.hostCopies();
        for (HostPlace place : copies.places()) {
            try (PinnedMemory pinned = copies.allocate(BYTES, place);
                    DeviceMemory source = device.allocate(BYTES);
                    DeviceMemory target = device.allocate(BYTES)) {
                HostPages pages = copies.pages(pinned, place);
                assertThat(pages.told()).as(pages.source()).isTrue();
                assertThat(pages.misplaced()).isEmpty();
                device.memoryLoad().fill(source, BYTES, seed, stream);
                device.poison(target, stream);

                copies.copyOut(source, pinned, BYTES, stream);
                copies.copyIn(pinned, target, BYTES, stream);
                stream.synchronize(DEADLINE);

                IntBuffer found = pinned.buffer().asIntBuffer();
                for (int i = 0; i < BYTES / Float.BYTES; i++) {
                    if (found.get(i) != Float.floatToRawIntBits(MemoryLoad.element(seed, i))) {
                        assertThat(i).as("first wrong element, %s", place).isNegative();
                    }
                }
                assertThat(wrong(target)).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeersCopyIsWhole(PeerMethod method) {
        PeerAccess access = device.peerAccess();
        try (DeviceMemory from = access.allocate(BYTES);
                DeviceMemory to = access.allocate(BYTES)) {
            device.memoryLoad().fill(from, BYTES, seed, stream);
            device.poison(to, stream);

            access.copy(method, from, to, BYTES - 16, stream);

            assertThat(wrong(to)).as("the 4 elements that stay poisoned").isEqualTo(4);
            assertThat(access.offer(from)).hasSize(64).isNotEqualTo(access.offer(to));
        }
    }

    @Test
    void thePathToItselfIsTold() {
        PeerAccess access = device.peerAccess();

        assertThat(access.path(access.address())).containsOnlyKeys("via", "p2p", "links");
    }

    private long wrong(DeviceMemory memory) {
        return device.memoryLoad().countWrong(MemoryKernel.COPY, memory, BYTES, seed, 0, stream);
    }
}
