package dev.assay.device.cuda;

import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/**
 * {@code ncclUniqueId}: 128 bytes that travel by value, so on the stack of the call. The one structure that Assay passes to
 * a library.
 */
@FieldOrder("internal")
public final class NcclId extends Structure implements Structure.ByValue {
    static final int NCCL_UNIQUE_ID_BYTES = 128;

    /** Public because JNA reads it by reflection. */
    public byte[] internal = new byte[NCCL_UNIQUE_ID_BYTES];

    /** For JNA. */
    public NcclId() {}

    static NcclId of(byte[] bytes) {
        if (bytes.length != NCCL_UNIQUE_ID_BYTES) {
            throw new IllegalArgumentException(
                    "a communicator id must have " + NCCL_UNIQUE_ID_BYTES + " bytes, got " + bytes.length);
        }
        NcclId id = new NcclId();
        id.internal = bytes.clone();
        return id;
    }
}
