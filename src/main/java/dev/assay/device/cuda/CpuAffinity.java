package dev.assay.device.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.assay.device.DeviceException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntSupplier;

/** The CPUs on which the calling thread may run; Linux takes a thread's memory from the node of its CPU. */
final class CpuAffinity {
    /** Room for 8192 CPUs, as many as Linux is built for. */
    private static final int WORDS = 128;

    private CpuAffinity() {}

    /** {@code sched.h}, by the names that libc exports; pid 0 is the calling thread. */
    static final class Libc {
        static {
            Native.register(Libc.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
        }

        private Libc() {}

        static native int sched_getaffinity(int pid, long cpusetsize, long[] mask);

        static native int sched_setaffinity(int pid, long cpusetsize, long[] mask);
    }

    static BitSet get() {
        long[] mask = new long[WORDS];
        if (Libc.sched_getaffinity(0, (long) WORDS * Long.BYTES, mask) != 0) {
            throw new DeviceException("asking for this thread's CPUs: sched_getaffinity set errno "
                    + Native.getLastError() + "; Linux allows that to everyone");
        }
        return BitSet.valueOf(mask);
    }

    /** Runs something on some of the CPUs that {@link #get} told, then gives the thread back all that it had. */
    static int during(BitSet cpus, IntSupplier work) {
        BitSet before = get();
        set(cpus);
        try {
            return work.getAsInt();
        } finally {
            set(before);
        }
    }

    private static void set(BitSet cpus) {
        long[] mask = Arrays.copyOf(cpus.toLongArray(), WORDS);
        if (Libc.sched_setaffinity(0, (long) WORDS * Long.BYTES, mask) != 0) {
            throw new DeviceException("binding this thread to CPUs " + cpus + ": sched_setaffinity set errno "
                    + Native.getLastError() + "; does the job's cpuset hold them?");
        }
    }
}
