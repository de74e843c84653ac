package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.HostPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostNumaTest {
    private static final String GPU = "0000:1B:00.0";

    @TempDir
    private Path sys;

    @Test
    void aHostOfOneNodeHasNoFar() throws IOException {
        node(0, "0-15", "10");
        gpu("0");

        HostNuma numa = HostNuma.of(sys, GPU);

        assertThat(numa.places(cpus("0-15"))).containsExactly(new HostPlace("near", "only"));
        assertThat(numa.cpus(new HostPlace("near", "only"), cpus("3-5"))).isEqualTo(cpus("3-5"));
        assertThat(numa.node(new HostPlace("near", "only"), cpus("3-5"))).isEmpty();
    }

    @Test
    void nearIsTheGpusNodeAndFarTheFurthestThatMayBeUsed() throws IOException {
        node(0, "0-3,16-19", "10 12 32 32");
        node(1, "4-7,20-23", "12 10 32 32");
        node(2, "8-11,24-27", "32 32 10 12");
        node(3, "12-15,28-31", "32 32 12 10");
        gpu("1");

        HostNuma numa = HostNuma.of(sys, GPU);
        BitSet all = cpus("0-31");

        assertThat(numa.places(all)).extracting(HostPlace::name).containsExactly("near", "far");
        assertThat(numa.places(all))
                .extracting(HostPlace::numa)
                .containsExactly("node 1, the GPU's", "node 2, the GPU's is 1");
        assertThat(numa.cpus(numa.places(all).get(0), all)).isEqualTo(cpus("4-7,20-23"));
        assertThat(numa.cpus(numa.places(all).get(1), all)).isEqualTo(cpus("8-11,24-27"));
        assertThat(numa.node(numa.places(all).get(0), all)).hasValue(1);
        assertThat(numa.node(numa.places(all).get(1), all)).hasValue(2);
        assertThat(numa.cpus(numa.places(cpus("0-7")).get(1), cpus("0-7")))
                .as("of what the cpuset leaves")
                .isEqualTo(cpus("0-3"));
        assertThat(numa.places(cpus("4-7"))).extracting(HostPlace::name).containsExactly("near");
        assertThat(numa.places(cpus("8-11")))
                .as("a process that is bound away from its GPU has nothing near")
                .extracting(HostPlace::name)
                .containsExactly("far");
    }

    @Test
    void aGpuWhoseNodeTheKernelDoesNotTellIsSaidSo() throws IOException {
        node(0, "0-3", "10 21");
        node(1, "4-7", "21 10");
        gpu("-1");

        assertThat(HostNuma.of(sys, GPU).places(cpus("0-7")))
                .hasSize(1)
                .allMatch(place -> place.name().equals("near") && place.numa().contains("does not tell"));
        assertThat(HostNuma.of(sys, "0000:ff:00.0").places(cpus("0-7"))).hasSize(1);
    }

    @Test
    void aNodeWithoutCpusIsNone() throws IOException {
        node(0, "0-3", "10 80");
        node(1, "", "80 10");
        gpu("0");

        assertThat(HostNuma.of(sys, GPU).places(cpus("0-3"))).containsExactly(new HostPlace("near", "only"));
    }

    @Test
    void aHostThatTellsNothingHasOnePlace() {
        assertThat(HostNuma.of(sys, GPU).places(cpus("0"))).containsExactly(new HostPlace("near", "only"));
    }

    @Test
    void aThreadRunsWhereItIsBoundAndIsGivenBackWhatItHad() {
        BitSet before = CpuAffinity.get();
        BitSet last = new BitSet();
        last.set(before.length() - 1);

        int seen = CpuAffinity.during(last, () -> CpuAffinity.get().equals(last) ? 1 : 0);

        assertThat(seen).isOne();
        assertThat(CpuAffinity.get()).isEqualTo(before);
    }

    private static BitSet cpus(String list) {
        return HostNuma.list(list);
    }

    private void node(int number, String cpulist, String distance) throws IOException {
        Path node = Files.createDirectories(sys.resolve("devices/system/node/node" + number));
        Files.writeString(node.resolve("cpulist"), cpulist + "\n");
        Files.writeString(node.resolve("distance"), distance + "\n");
    }

    private void gpu(String node) throws IOException {
        Path device = Files.createDirectories(sys.resolve("bus/pci/devices/0000:1b:00.0"));
        Files.writeString(device.resolve("numa_node"), node + "\n");
    }
}
