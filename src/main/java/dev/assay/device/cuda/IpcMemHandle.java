package dev.assay.device.cuda;

import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** {@code CUipcMemHandle}: 64 bytes that travel by value, so on the stack of the call, as {@link NcclId} does. */
@FieldOrder("reserved")
public final class IpcMemHandle extends Structure implements Structure.ByValue {
    static final int CU_IPC_HANDLE_SIZE = 64;

    /** Public because JNA reads it by reflection. */
    public byte[] reserved = new byte[CU_IPC_HANDLE_SIZE];

    /** For JNA. */
    public IpcMemHandle() {}

    static IpcMemHandle of(byte[] bytes) {
        if (bytes.length != CU_IPC_HANDLE_SIZE) {
            throw new IllegalArgumentException(
                    "a handle of device memory must have " + CU_IPC_HANDLE_SIZE + " bytes, got " + bytes.length);
        }
        IpcMemHandle handle = new IpcMemHandle();
        handle.reserved = bytes.clone();
        return handle;
    }
}
