package dev.assay.benchmark;

import com.sun.jna.Native;

/** Of {@code unistd.h}. */
final class Libc {
    static {
        Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int getpid();

    /** Calls no exit handler: those of CUDA wait for work on the GPU, which may hang. */
    static native void _exit(int status);
}
