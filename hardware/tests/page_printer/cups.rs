//! CUPS itself as the judge: the service that stands between a kiosk and every office printer. Started on loopback with
//! folders of its own; what it would send to a printer goes to a script of ours, which can be told to lack paper.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use super::*;

const CUPSD: &str = "/usr/sbin/cupsd";
/// What it needs to start anything.
const HELPERS: &str = "/usr/lib/cups/daemon";

struct Cups {
    folder: TempDir,
    port: u16,
    child: Child,
}

impl Drop for Cups {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Cups {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        for room in ["bin/backend", "bin/filter", "etc", "spool/tmp", "cache", "state", "out"] {
            fs::create_dir_all(folder.path().join(room)).unwrap();
        }
        std::os::unix::fs::symlink(HELPERS, folder.path().join("bin/daemon")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
        write(
            "etc/cups-files.conf",
            format!(
                "ServerRoot {at}/etc\nServerBin {at}/bin\nRequestRoot {at}/spool\nTempDir {at}/spool/tmp\nCacheDir {at}/cache\n\
                 StateDir {at}/state\nAccessLog {at}/access\nErrorLog {at}/error\nPageLog {at}/page\nDataDir /usr/share/cups\n\
                 ServerKeychain {at}/etc\nFatalErrors none\n"
            ),
        );
        write(
            "etc/cupsd.conf",
            format!(
                "Listen 127.0.0.1:{port}\nLogLevel debug\nBrowsing Off\nWebInterface No\nPreserveJobFiles No\n\
                 <Location />\nAllow localhost\n</Location>\n<Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
            ),
        );
        write(
            "etc/printers.conf",
            "<Printer a4>\nInfo A4\nDeviceURI paper:/a4\nState Idle\nAccepting Yes\nShared No\n</Printer>\n".into(),
        );
        // The end of the line: job, user, title, copies, options, file.
        write(
            "bin/backend/paper",
            format!(
                "#!/bin/sh\n[ $# -eq 0 ] && exit 0\nif [ -e {at}/empty ]; then echo 'STATE: +media-empty-error' >&2\n\
                 while [ -e {at}/empty ]; do sleep 0.1; done; echo 'STATE: -media-empty-error' >&2; fi\n\
                 cat ${{6:--}} > {at}/out/$1.part && mv {at}/out/$1.part {at}/out/$1.pdf\n"
            ),
        );
        let mode = |path: &str, mode| fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode));
        mode("bin/backend/paper", 0o755).unwrap();
        // As root it runs the script as another user.
        mode("out", 0o777).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let child = Command::new(CUPSD)
            .args([
                "-f",
                "-c",
                &format!("{at}/etc/cupsd.conf"),
                "-s",
                &format!("{at}/etc/cups-files.conf"),
            ])
            .stdin(Stdio::null())
            .spawn()
            .expect("cupsd: `make test` installs it (cups-daemon)");
        Self { folder, port, child }
    }

    fn driver(&self) -> Box<dyn PagePrinter> {
        let url = format!("ipp://localhost:{}/printers/a4", self.port);
        let mut driver = open(PrinterUrl::try_from(url).unwrap());
        let until = Instant::now() + Duration::from_secs(20);
        while let Err(fault) = driver.check() {
            assert!(Instant::now() < until, "{fault}: {}", self.log());
            sleep(Duration::from_millis(100));
        }
        driver
    }

    fn empty(&self, empty: bool) {
        let sign = self.folder.path().join("empty");
        if empty {
            fs::write(sign, "").unwrap();
        } else {
            fs::remove_file(sign).unwrap();
        }
    }

    /// What came to the printer.
    fn out(&self) -> Vec<Vec<u8>> {
        let mut files: Vec<_> = fs::read_dir(self.folder.path().join("out"))
            .unwrap()
            .flatten()
            .collect();
        files.sort_by_key(fs::DirEntry::file_name);
        files.iter().map(|file| fs::read(file.path()).unwrap()).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("error")).unwrap_or_default()
    }

    /// Documents that it still holds on disk.
    fn spooled(&self) -> usize {
        let held = |path: &Path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('d'))
        };
        let spool = fs::read_dir(self.folder.path().join("spool")).unwrap().flatten();
        spool.filter(|file| held(&file.path())).count()
    }
}

#[test]
fn cups_takes_a_page_as_it_is_and_keeps_nothing_of_it() {
    let cups = Cups::start();
    let mut driver = cups.driver();
    assert_eq!(print(driver.as_mut()), Ok(()), "{}", cups.log());
    assert_eq!(cups.out(), [pdf()]);
    assert_eq!(cups.spooled(), 0);
}

#[test]
fn cups_gives_back_what_waits_for_paper() {
    let cups = Cups::start();
    let mut driver = cups.driver();
    cups.empty(true);
    let got = print(driver.as_mut());
    assert_eq!(
        got,
        not(PagePrinterFault::OutOfPaper, Paper::Untouched),
        "{}",
        cups.log()
    );
    assert_eq!(
        driver.check(),
        Err(PagePrinterFault::OutOfPaper),
        "as it was a moment ago"
    );
    cups.empty(false);
    sleep(PATIENCE.believed);
    assert_eq!((cups.out().len(), cups.spooled()), (0, 0), "nothing comes out later");
    assert_eq!(
        driver.check(),
        Ok(()),
        "CUPS does not know that it was mended: it is tried"
    );
    assert_eq!(print(driver.as_mut()), Ok(()), "{}", cups.log());
    assert_eq!(cups.out(), [pdf()]);
}

#[test]
fn a_queue_that_cups_does_not_have_is_unreachable() {
    let cups = Cups::start();
    drop(cups.driver());
    let url = format!("ipp://127.0.0.1:{}/printers/none", cups.port);
    let mut driver = open(PrinterUrl::try_from(url).unwrap());
    assert_eq!(driver.check(), Err(PagePrinterFault::Unreachable));
}
