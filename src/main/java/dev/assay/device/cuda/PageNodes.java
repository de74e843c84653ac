package dev.assay.device.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import dev.assay.device.HostPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Asks the kernel on which NUMA node each page of memory lies: by {@code move_pages(2)}, which moves nothing where it is given no
 * nodes, and where that is refused (containers forbid it) by {@code /proc/self/numa_maps}.
 */
final class PageNodes {
    /** The smallest page of x86-64 and aarch64; of larger ones each is counted several times, all alike. */
    static final int STEP = 4096;

    private static final int MOST_AT_ONCE = 1 << 16;
    private static final Path NUMA_MAPS = Path.of("/proc/self/numa_maps");

    private PageNodes() {}

    /** {@code unistd.h}; libc offers no name for this call, libnuma is not everywhere. */
    static final class Libc {
        static {
            Native.register(Libc.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
        }

        private Libc() {}

        /** Arguments as of {@code move_pages}; {@code nodes} 0 asks only, pid 0 is this process. */
        static native long syscall(
                long number, long pid, long count, long[] pages, long nodes, int[] status, long flags);
    }

    /** Writes what is there, since memory that was only read may be the kernel's page of zeros. */
    static void touch(ByteBuffer memory) {
        for (int at = 0; at < memory.capacity(); at += STEP) {
            memory.put(at, memory.get(at));
        }
        int last = memory.capacity() - 1;
        memory.put(last, memory.get(last));
    }

    static HostPages of(long address, long bytes, Optional<Integer> wanted) {
        HostPages asked = byMovePages(address, bytes, wanted);
        if (asked.told()) {
            return asked;
        }
        HostPages read = byNumaMaps(address, bytes, wanted);
        return read.told() ? read : HostPages.untold(wanted, asked.source() + "; " + read.source());
    }

    static HostPages byMovePages(long address, long bytes, Optional<Integer> wanted) {
        Optional<Integer> number = number(System.getProperty("os.arch", ""));
        if (number.isEmpty()) {
            return HostPages.untold(
                    wanted, "move_pages: its number is not known here, " + System.getProperty("os.arch"));
        }
        long[] pages = pages(address, bytes);
        int[] status = new int[pages.length];
        for (int at = 0; at < pages.length; at += MOST_AT_ONCE) {
            int end = Math.min(pages.length, at + MOST_AT_ONCE);
            int[] part = new int[end - at];
            if (Libc.syscall(number.get(), 0, end - at, Arrays.copyOfRange(pages, at, end), 0, part, 0) != 0) {
                return HostPages.untold(wanted, "move_pages set errno " + Native.getLastError());
            }
            System.arraycopy(part, 0, status, at, part.length);
        }
        return counted(status, wanted);
    }

    private static HostPages byNumaMaps(long address, long bytes, Optional<Integer> wanted) {
        try {
            return mapped(Files.readString(NUMA_MAPS), address, bytes, wanted);
        } catch (IOException e) {
            return HostPages.untold(wanted, NUMA_MAPS + " cannot be read: " + e.getMessage());
        }
    }

    /** As {@code asm/unistd_64.h} and, for aarch64, {@code asm-generic/unistd.h} have it. */
    static Optional<Integer> number(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> Optional.of(279);
            case "aarch64" -> Optional.of(239);
            default -> Optional.empty();
        };
    }

    /** An address in each page that the memory touches. */
    static long[] pages(long address, long bytes) {
        long first = address & -STEP;
        long[] pages = new long[Math.toIntExact((address + bytes - first + STEP - 1) / STEP)];
        Arrays.setAll(pages, page -> first + (long) page * STEP);
        return pages;
    }

    /** @param status of each page its node, or an errno below zero; one that is not told leaves all untold */
    static HostPages counted(int[] status, Optional<Integer> wanted) {
        Map<Integer, Long> nodes = new TreeMap<>();
        Map<Integer, Long> refused = new TreeMap<>();
        for (int page : status) {
            (page < 0 ? refused : nodes).merge(Math.abs(page), 1L, Long::sum);
        }
        return refused.isEmpty()
                ? new HostPages(nodes, wanted, "move_pages")
                : HostPages.untold(
                        wanted,
                        "move_pages tells nothing of some of " + status.length + " pages, by errno: " + refused);
    }

    /**
     * Of the mapping that holds the memory; what else lies in it counts as well.
     *
     * @param text of {@code numa_maps}: a mapping a line, its first address, its policy, and {@code N0=128} pages a node
     */
    static HostPages mapped(String text, long address, long bytes, Optional<Integer> wanted) {
        String line = text.lines()
                .filter(each -> begin(each) <= address)
                .reduce((before, after) -> after)
                .orElse("");
        long unit = 0;
        Map<Integer, Long> nodes = new TreeMap<>();
        for (String word : line.split(" ", -1)) {
            if (word.matches("N\\d+=\\d+")) {
                String[] nodeAndPages = word.substring(1).split("=", -1);
                nodes.put(Integer.parseInt(nodeAndPages[0]), Long.parseLong(nodeAndPages[1]));
            } else if (word.matches("kernelpagesize_kB=\\d+")) {
                unit = Long.parseLong(word.substring(word.indexOf('=') + 1)) * 1024 / STEP;
            }
        }
        long each = unit;
        nodes.replaceAll((node, count) -> count * each);
        long all = nodes.values().stream().mapToLong(Long::longValue).sum();
        return all * STEP >= bytes && all > 0
                ? new HostPages(nodes, wanted, NUMA_MAPS.toString())
                : HostPages.untold(wanted, NUMA_MAPS + " tells " + all + " of " + bytes / STEP + " pages");
    }

    private static long begin(String line) {
        return Long.parseUnsignedLong(line.substring(0, line.indexOf(' ')), 16);
    }
}
