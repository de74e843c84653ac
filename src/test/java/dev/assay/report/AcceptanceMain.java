package dev.assay.report;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The acceptance classes without Maven: what Failsafe does in {@code mvn verify}. Exit code 0 if every row passed, else 1; the
 * decision is the gate's.
 */
public final class AcceptanceMain {
    private AcceptanceMain() {}

    public static void main(String[] args) throws IOException {
        String acceptance = args.length > 0 ? args[0] : "dev.assay.acceptance";
        Rows rows = new Rows(System.out);
        try (LauncherSession session = LauncherFactory.openSession()) {
            session.getLauncher().execute(request(acceptance, System.getProperty("it.groups", "")), rows);
        }

        Path file = Path.of(System.getProperty("assay.output", "target/assay"), "junit", "TEST-acceptance.xml");
        JunitXml.write(file, "Acceptance", rows.finished());
        System.exit(exitCode(rows.finished()));
    }

    /** No row at all is no success. */
    static int exitCode(List<Rows.Finished> rows) {
        return !rows.isEmpty() && rows.stream().allMatch(Rows.Finished::green) ? 0 : 1;
    }

    static LauncherDiscoveryRequest request(String acceptance, String groups) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage(acceptance))
                .filters(includeClassNamePatterns(".*IT"));
        if (!groups.isBlank()) {
            request.filters(TagFilter.includeTags(List.of(groups.split(","))));
        }
        return request.build();
    }
}
