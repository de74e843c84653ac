package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import dev.assay.device.HostPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageNodesTest {
    private static final Optional<Integer> NODE_1 = Optional.of(1);

    @Test
    void pagesAreCountedByNode() {
        HostPages pages = PageNodes.counted(new int[] {1, 1, 0, 1}, NODE_1);

        assertThat(pages.pages()).containsExactlyInAnyOrderEntriesOf(Map.of(0, 1L, 1, 3L));
        assertThat(pages.words()).isEqualTo("1 on node 0, 3 on node 1");
        assertThat(pages.misplaced())
                .hasValue("pages of 4 KiB that were to lie on node 1 lie elsewhere: 1 on node 0, 3 on node 1, says"
                        + " move_pages");
    }

    @Test
    void pagesThatLieWhereTheyWereAskedFromAreNotMisplaced() {
        assertThat(PageNodes.counted(new int[] {1, 1}, NODE_1).misplaced()).isEmpty();
        assertThat(PageNodes.counted(new int[] {0, 0}, Optional.empty()).misplaced())
                .as("where there is no choice")
                .isEmpty();
    }

    @Test
    void aPageInAHundredElsewhereIsNoOtherMemoryTwoAre() {
        int[] pages = new int[100];
        pages[17] = 1;

        assertThat(PageNodes.counted(pages, Optional.of(0)).misplaced()).isEmpty();
        pages[18] = 1;
        assertThat(PageNodes.counted(pages, Optional.of(0)).misplaced()).isPresent();
    }

    @Test
    void aPageThatIsNotToldLeavesAllUntoldAndIsNoNodeZero() {
        HostPages pages = PageNodes.counted(new int[] {1, -14, -2, -14}, NODE_1);

        assertThat(pages.told()).isFalse();
        assertThat(pages.misplaced()).isEmpty();
        assertThat(pages.source()).isEqualTo("move_pages tells nothing of some of 4 pages, by errno: {2=1, 14=2}");
        assertThat(PageNodes.counted(new int[] {1}, NODE_1).and(pages)).isEqualTo(pages);
        assertThat(pages.and(PageNodes.counted(new int[] {1}, NODE_1)).told()).isFalse();
    }

    @Test
    void twoPiecesOfMemoryAddUp() {
        HostPages both = PageNodes.counted(new int[] {1, 1}, NODE_1).and(PageNodes.counted(new int[] {0}, NODE_1));

        assertThat(both.words()).isEqualTo("1 on node 0, 2 on node 1");
        assertThat(both.misplaced()).isPresent();
    }

    @Test
    void everyPageThatTheMemoryTouchesIsAskedFor() {
        assertThat(PageNodes.pages(0x7000, 4096)).containsExactly(0x7000);
        assertThat(PageNodes.pages(0x7010, 4096)).containsExactly(0x7000, 0x8000);
        assertThat(PageNodes.pages(0x7fff, 1)).containsExactly(0x7000);
    }

    @Test
    void theMappingThatHoldsTheMemoryIsReadFromNumaMaps() throws IOException {
        String text = recorded();

        assertThat(PageNodes.mapped(text, 0x7fe98138e000L, 1 << 19, NODE_1).words())
                .isEqualTo("128 on node 0");
        assertThat(PageNodes.mapped(text, 0x7fe98138f000L, 4096, NODE_1).misplaced())
                .hasValueSatisfying(why -> assertThat(why).contains("node 1").contains("numa_maps"));
        assertThat(PageNodes.mapped(text, 0x7f0c20000000L, 64 << 20, NODE_1).words())
                .as("pages of 2 MiB, in units of 4 KiB")
                .isEqualTo("1024 on node 0, 15360 on node 1");
    }

    @Test
    void aMappingThatHoldsLessThanTheMemoryTellsNothing() throws IOException {
        String text = recorded();

        assertThat(PageNodes.mapped(text, 0x7fe98138e000L, 1 << 20, NODE_1).source())
                .isEqualTo("/proc/self/numa_maps tells 128 of 256 pages");
        assertThat(PageNodes.mapped(text, 0x7fe98167f000L, 4096, NODE_1).told())
                .as("a mapping without pages, as of a device")
                .isFalse();
        assertThat(PageNodes.mapped(text, 0x1000, 4096, NODE_1).told()).isFalse();
        assertThat(PageNodes.mapped("", 0x1000, 4096, NODE_1).told()).isFalse();
    }

    @Test
    void otherArchitecturesHaveNumbersOfTheirOwn() {
        assertThat(PageNodes.number("amd64")).hasValue(279);
        assertThat(PageNodes.number("aarch64")).hasValue(239);
        assertThat(PageNodes.number("riscv64")).isEmpty();
    }

    /** Both ways at once, on this very host: they agree, and name nodes that sysfs knows. */
    @Test
    void thisHostsKernelTellsWhereMemoryLies() throws IOException {
        long bytes = 8L << 20;
        try (Memory memory = new Memory(bytes)) {
            ByteBuffer buffer = memory.getByteBuffer(0, bytes);
            PageNodes.touch(buffer);
            long address = com.sun.jna.Pointer.nativeValue(memory);

            HostPages pages = PageNodes.of(address, bytes, Optional.empty());

            assertThat(pages.told()).as(pages.source()).isTrue();
            assertThat(pages.pages().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isGreaterThanOrEqualTo(bytes / PageNodes.STEP);
            assertThat(pages.pages().keySet())
                    .allMatch(node -> Files.isDirectory(Path.of("/sys/devices/system/node/node" + node)));
            HostPages read = PageNodes.mapped(
                    Files.readString(Path.of("/proc/self/numa_maps")), address, bytes, Optional.empty());
            assertThat(read.pages().keySet()).containsAll(pages.pages().keySet());
        }
    }

    @Test
    void memoryThatNobodyTouchedIsNotTold() {
        long bytes = 64L << 20;
        try (Memory memory = new Memory(bytes)) {
            HostPages pages = PageNodes.byMovePages(com.sun.jna.Pointer.nativeValue(memory), bytes, Optional.of(0));

            assertThat(pages.told()).as(pages.words()).isFalse();
        }
    }

    /** Parts of {@code /proc/self/numa_maps} of a process with a shared mapping half of which was touched, and huge pages added. */
    private static String recorded() throws IOException {
        try (var in = Objects.requireNonNull(PageNodesTest.class.getResourceAsStream("numa_maps.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
