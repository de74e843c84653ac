package dev.assay.worker;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPages;
import dev.assay.device.HostPlace;
import dev.assay.device.PeerAccess;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.workload.PeerMethod;
import java.util.List;
import java.util.Map;

/** A reference device whose links lose bytes, or do not open. */
final class LossyDevice extends DelegatingDevice {
    static final int LOST = 16;
    static final String REFUSAL = "cuIpcOpenMemHandle_v2: peer access is not supported";

    private final int lost;
    private final boolean opens;

    private LossyDevice(RankEnvironment environment, int lost, boolean opens) {
        super(new ReferenceDevice(environment.node(), environment.localRank()));
        this.lost = lost;
        this.opens = opens;
    }

    /** Loses the last 16 bytes of every copy over a link. */
    static LossyDevice losing(RankEnvironment environment) {
        return new LossyDevice(environment, LOST, true);
    }

    /** Cannot open a peer's memory. */
    static LossyDevice closed(RankEnvironment environment, int lost) {
        return new LossyDevice(environment, lost, false);
    }

    private record LossyCopies(HostCopies copies) implements HostCopies {
        @Override
        public List<HostPlace> places() {
            return copies.places();
        }

        @Override
        public PinnedMemory allocate(long bytes, HostPlace place) {
            return copies.allocate(bytes, place);
        }

        @Override
        public HostPages pages(PinnedMemory memory, HostPlace place) {
            return copies.pages(memory, place);
        }

        @Override
        public void copyIn(PinnedMemory from, DeviceMemory to, long bytes, Stream stream) {
            copies.copyIn(from, to, Math.max(1, bytes - LOST), stream);
        }

        @Override
        public void copyOut(DeviceMemory from, PinnedMemory to, long bytes, Stream stream) {
            copies.copyOut(from, to, Math.max(1, bytes - LOST), stream);
        }
    }

    private record LossyPeers(PeerAccess access, int lost, boolean opens) implements PeerAccess {
        @Override
        public byte[] address() {
            return access.address();
        }

        @Override
        public DeviceMemory allocate(long bytes) {
            return access.allocate(bytes);
        }

        @Override
        public byte[] offer(DeviceMemory allocated) {
            return access.offer(allocated);
        }

        @Override
        public void withdraw(DeviceMemory allocated) {
            access.withdraw(allocated);
        }

        @Override
        public DeviceMemory open(byte[] offer, long bytes) {
            if (!opens) {
                throw new DeviceException(REFUSAL);
            }
            return access.open(offer, bytes);
        }

        @Override
        public DeviceMemory stage(byte[] address, long bytes) {
            return access.stage(address, bytes);
        }

        @Override
        public void copy(PeerMethod method, DeviceMemory from, DeviceMemory to, long bytes, Stream stream) {
            access.copy(method, from, to, bytes - lost, stream);
        }

        @Override
        public Map<String, String> path(byte[] address) {
            return access.path(address);
        }
    }

    @Override
    public HostCopies hostCopies() {
        return new LossyCopies(super.hostCopies());
    }

    @Override
    public PeerAccess peerAccess() {
        return new LossyPeers(super.peerAccess(), lost, opens);
    }
}
