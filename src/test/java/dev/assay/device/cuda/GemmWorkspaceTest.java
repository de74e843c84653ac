package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Pointer;
import dev.assay.device.DeviceMemory;
import dev.assay.workload.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What GEMMs share on the device, and what they hand over from the host. */
class GemmWorkspaceTest {
    private final List<String> log = new ArrayList<>();
    private final GemmWorkspace workspace = new GemmWorkspace(
            bytes -> {
                log.add("allocate " + bytes);
                return new Place();
            },
            () -> log.add("wait"));

    @Test
    void theFirstAllocatesForAllAndTheLastFrees() {
        workspace.enter();
        workspace.enter();
        workspace.leave();
        assertThat(workspace.address(1)).isEqualTo(4711);
        workspace.leave();

        assertThat(log).containsExactly("allocate 67108864", "free");
        assertThatThrownBy(() -> workspace.address(1)).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void itComesBackAfterTheLast() {
        workspace.enter();
        workspace.address(1);
        workspace.leave();
        workspace.enter();
        workspace.address(2);

        assertThat(log).containsExactly("allocate 67108864", "free", "allocate 67108864");
    }

    @Test
    void onlyAChangeOfStreamWaits() {
        workspace.enter();
        for (long stream : new long[] {1, 1, 1}) {
            workspace.address(stream);
        }
        assertThat(log).hasSize(1);

        workspace.address(2);
        workspace.address(2);
        workspace.address(1);

        assertThat(log).containsExactly("allocate 67108864", "wait", "wait");
    }

    @Test
    void betaIsOneWhereCIsAddedTo() {
        GemmScalars adds = new GemmScalars(Precision.BF16, true);
        GemmScalars writes = new GemmScalars(Precision.BF16, false);
        GemmScalars doubles = new GemmScalars(Precision.FP64, true);

        assertThat(new Pointer(adds.alpha()).getFloat(0)).isEqualTo(1);
        assertThat(new Pointer(adds.beta()).getFloat(0)).isEqualTo(1);
        assertThat(new Pointer(writes.alpha()).getFloat(0)).isEqualTo(1);
        assertThat(new Pointer(writes.beta()).getFloat(0)).isZero();
        assertThat(new Pointer(doubles.beta()).getDouble(0)).isEqualTo(1);
    }

    private final class Place implements Addressed {
        @Override
        public long address() {
            return 4711;
        }

        @Override
        public long bytes() {
            return GemmWorkspace.BYTES;
        }

        @Override
        public DeviceMemory slice(long offsetBytes, long bytes) {
            throw new UnsupportedOperationException("nobody needs a part of it");
        }

        @Override
        public byte[] read() {
            throw new UnsupportedOperationException("nobody reads it");
        }

        @Override
        public void write(byte[] bytes) {
            throw new UnsupportedOperationException("nobody writes it");
        }

        @Override
        public void close() {
            log.add("free");
        }
    }
}
