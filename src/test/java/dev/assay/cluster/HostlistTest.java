package dev.assay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostlistTest {
    @Test
    void expandsRangesAndKeepsLeadingZeros() {
        assertThat(Hostlist.expand("node[001-003,010],login,n[9-11]-ib"))
                .containsExactly("node001", "node002", "node003", "node010", "login", "n9-ib", "n10-ib", "n11-ib");
    }

    @Test
    void expandsTheVendorsList() {
        assertThat(Hostlist.expand("node[001-007],node009"))
                .hasSize(8)
                .contains("node007", "node009")
                .doesNotContain("node008");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n[3-1]|backward range 3-1",
                "n[1-|never closed",
                "n1]|do not match",
                "n[[1]]|do not match",
                "$(x)|the name \"$(x)\"",
                "-n1|the name \"-n1\"",
                "n1,,n2|the name \"\"",
                "n[]|in brackets",
                "n[1,]|in brackets",
                "n[a-b]|found   \"n[a-b]\"",
                "n[1]x[2]|at most one bracket",
                "n1,n[1-2]|the node n1 twice",
                "n[0-10000]|range 0-10000",
                "n[1-6000],m[1-6000]|more than 10000 names",
                "a;b|the name \"a;b\""
            })
    void refusesWhatIsNoList(String hostlist, String words) {
        assertThatThrownBy(() -> Hostlist.expand(hostlist))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("node[001-007],node009");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " n1", "n1 ", "n\n1", "n%1", "n\\1", "ü1"})
    void refusesNamesThatAreNoHostNames(String hostlist) {
        assertThatThrownBy(() -> Hostlist.expand(hostlist)).isInstanceOf(InputException.class);
    }

    @Test
    void namesMayHave63Characters() {
        assertThat(Hostlist.expand("n".repeat(63))).hasSize(1);
        assertThatThrownBy(() -> Hostlist.expand("n".repeat(64))).isInstanceOf(InputException.class);
    }

    @Test
    void compressesToTheShortForm() {
        assertThat(Hostlist.compress(List.of("node001", "node002", "node003", "node009")))
                .isEqualTo("node[001-003,009]");
        assertThat(Hostlist.compress(List.of("n9", "n10", "n011", "login"))).isEqualTo("n[9-10,011],login");
        assertThat(Hostlist.compress(List.of("alone"))).isEqualTo("alone");
    }

    @Test
    void compressedListsExpandToThemselves() {
        Random random = new Random(20_261_122);

        for (int i = 0; i < 200; i++) {
            List<String> names = randomNames(random);

            assertThat(Hostlist.expand(Hostlist.compress(names))).isEqualTo(names);
        }
    }

    private static List<String> randomNames(Random random) {
        String[] prefixes = {"node", "n", "gpu-a", "r1.n", "x0"};
        Set<String> names = new LinkedHashSet<>();
        int runs = 1 + random.nextInt(6);
        for (int run = 0; run < runs; run++) {
            String prefix = prefixes[random.nextInt(prefixes.length)];
            String format = "%0" + (1 + random.nextInt(4)) + "d";
            int start = random.nextInt(120);
            int count = 1 + random.nextInt(15);
            for (int number = start; number < start + count; number++) {
                names.add(prefix + String.format(format, number));
            }
            if (random.nextInt(4) == 0) {
                names.add("login" + (char) ('a' + random.nextInt(26)));
            }
        }
        return new ArrayList<>(names);
    }
}
