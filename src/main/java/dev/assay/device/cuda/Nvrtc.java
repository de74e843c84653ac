package dev.assay.device.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** Mirrors {@code nvrtc.h}; strings are zero-terminated bytes, arrays of strings the address of an array of addresses. */
final class Nvrtc {
    static final int NVRTC_SUCCESS = 0;
    static final int NVRTC_ERROR_COMPILATION = 6;

    private Nvrtc() {}

    static void register(NativeLibrary library) {
        Native.register(Nvrtc.class, library);
    }

    /** A {@code const char*}. */
    static native long nvrtcGetErrorString(int result);

    static native int nvrtcVersion(int[] major, int[] minor);

    static native int nvrtcCreateProgram(
            long[] prog, byte[] src, byte[] name, int numHeaders, long headers, long includeNames);

    /** Takes the address of the handle. */
    static native int nvrtcDestroyProgram(long[] prog);

    static native int nvrtcCompileProgram(long prog, int numOptions, long options);

    static native int nvrtcGetCUBINSize(long prog, long[] cubinSizeRet);

    static native int nvrtcGetCUBIN(long prog, byte[] cubin);

    static native int nvrtcGetProgramLogSize(long prog, long[] logSizeRet);

    static native int nvrtcGetProgramLog(long prog, byte[] log);
}
