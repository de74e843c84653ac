package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.InputException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedPropertiesTest {
    @ParameterizedTest
    @CsvSource({
        "node, nodes", "Nodes, nodes", "criterai, criteria", "criterion, criteria", "durations, duration",
        "it.group, it.groups", "groups, it.groups", "plans, plan", "ds.configs, ds.config", "clutser, cluster"
    })
    void aNameThatIsNearlyOursIsRefusedWithTheOneThatWasMeant(String typed, String meant) {
        assertThatThrownBy(() -> TypedProperties.check(Set.of("suite", typed)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-D" + typed + ", which nothing reads")
                .hasMessageContaining("did you mean \"" + meant + "\"?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cluster",
                "run",
                "plan.from",
                "assay.output",
                "assay.report",
                "assay.ds.configs",
                "assay.test.libraries",
                "skipITs",
                "skipTests",
                "test",
                "it.test",
                "test.groups",
                "excludedGroups",
                "maven.test.failure.ignore",
                "maven.repo.local",
                "user.home",
                "java.io.tmpdir",
                "file.encoding",
                "style.color"
            })
    void oursAndOtherPeoplesNamesAreTaken(String typed) {
        assertThatCode(() -> TypedProperties.check(Set.of(typed))).doesNotThrowAnyException();
    }

    @Test
    void groupsIsMavensWordForFamiliesAndNobodysWithoutIt() {
        assertThat(TypedProperties.here(List.of("-Dsuite=quick"), Optional.of("verify -Dgroups=gemm -Dnodes=2")))
                .containsExactly("suite", "nodes");
        assertThat(TypedProperties.here(List.of("-Dgroups=gemm"), Optional.empty()))
                .containsExactly("groups");
    }

    @Test
    void namesAreFoundInArgumentsAndInMavensLine() {
        assertThat(TypedProperties.names(List.of(
                        "-Dcluster=x.json", "-Xmx1g", " -o verify -Dnode=2 -D suite=quick --define duration=5 -Dplan")))
                .containsExactly("cluster", "node", "suite", "duration", "plan");
    }
}
