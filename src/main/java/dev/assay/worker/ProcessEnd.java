package dev.assay.worker;

import com.sun.jna.Native;

/**
 * Ends the process for certain. The JVM's own halt still runs the exit handlers of native libraries, and with a hung collective
 * on the GPU those of CUDA and NCCL never return: seen on an H200, where a rank outlived its halt by minutes.
 */
final class ProcessEnd {
    private ProcessEnd() {}

    /** The C library, whose {@code _exit} calls no handler. */
    private static final class Libc {
        static {
            Native.register(Libc.class, "c");
        }

        private Libc() {}

        static native void _exit(int status);
    }

    /** A rank that is done has nothing in flight, so it ends the usual way. */
    static void now(int code) {
        System.out.flush();
        System.err.flush();
        if (code != Worker.DONE) {
            try {
                Libc._exit(code);
            } catch (LinkageError e) {
                System.err.println("assay-worker: ending at once is not possible here: " + e);
            }
        }
        Runtime.getRuntime().halt(code);
    }
}
