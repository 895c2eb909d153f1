package dev.procura.gateway.keycloak;

import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Starts the shared server when the tests begin, if any of this package is among them: it takes half a minute, in which the
 * tests of other packages mostly wait. Registered as a service of JUnit's launcher.
 */
public final class EarlyStart implements TestExecutionListener {

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        if (plan.getRoots().stream()
                .flatMap(engine -> plan.getChildren(engine).stream())
                .anyMatch(test ->
                        test.getSource().filter(EarlyStart::isOfThisPackage).isPresent())) {
            Thread starting = new Thread(KeycloakServer::beginStart, "keycloak-start");
            starting.setDaemon(true);
            starting.start();
        }
    }

    private static boolean isOfThisPackage(Object source) {
        return source instanceof ClassSource type
                && type.getClassName().startsWith(EarlyStart.class.getPackageName() + ".");
    }
}
