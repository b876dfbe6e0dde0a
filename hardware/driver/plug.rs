//! A virtual reader with a cable: the driver `vpcd`, and before it what its reader cannot do, to be pulled out.
//!
//! pcscd takes a reader away when its driver answers `IFD_NO_SUCH_DEVICE`, as `libccid` does when the cable of a USB reader
//! is pulled. `vpcd` never says so. This driver does while the file `unplugged` stands in the folder of pcscd, and passes
//! everything else on to the copy of `vpcd` beside it, whose name is its own with [`BEHIND`].
//!
//! It is built by `build.rs` as a library of its own, from this file alone, and carried in the feature `virtual`.
//! Names and numbers are those of `ifdhandler.h` of pcsc-lite.

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_long, c_uchar, c_ulong, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null_mut;
use std::sync::OnceLock;

/// What the name of the driver behind ends with.
const BEHIND: &[u8] = b".vpcd";
/// Stands in the folder of the drivers while the cable is out.
const UNPLUGGED: &str = "unplugged";

const COMMUNICATION_ERROR: c_long = 612;
const NO_SUCH_DEVICE: c_long = 617;
const RTLD_NOW: c_int = 2;

type Lun = c_ulong;
type Bytes = *mut c_uchar;
type Length = *mut c_ulong;

/// `SCARD_IO_HEADER`, which is passed by value.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IoHeader {
    protocol: c_ulong,
    length: c_ulong,
}

/// `Dl_info`
#[repr(C)]
struct Found {
    file: *const c_char,
    base: *mut c_void,
    symbol: *const c_char,
    address: *mut c_void,
}

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dladdr(address: *const c_void, found: *mut Found) -> c_int;
}

/// Where this library was loaded from.
fn own_file() -> Option<&'static [u8]> {
    let mut found = Found {
        file: null_mut(),
        base: null_mut(),
        symbol: null_mut(),
        address: null_mut(),
    };
    // SAFETY: `found` is writable, and the name that it gets lives as long as this library.
    unsafe {
        let known = dladdr(own_file as *const c_void, &raw mut found) != 0 && !found.file.is_null();
        known.then(|| CStr::from_ptr(found.file).to_bytes())
    }
}

/// The driver behind, opened once. The address is kept as a number, since it is shared by pcscd's threads.
fn behind() -> Option<*mut c_void> {
    static BEHIND_THIS: OnceLock<usize> = OnceLock::new();
    let library = *BEHIND_THIS.get_or_init(|| {
        let file = own_file().and_then(|file| CString::new([file, BEHIND].concat()).ok());
        // SAFETY: a C string that lives through the call.
        file.map_or(0, |file| unsafe { dlopen(file.as_ptr(), RTLD_NOW) } as usize)
    });
    (library != 0).then_some(library as *mut c_void)
}

fn is_unplugged() -> bool {
    let folder = own_file().and_then(|file| Path::new(OsStr::from_bytes(file)).parent());
    folder.is_some_and(|folder| folder.join(UNPLUGGED).exists())
}

/// The address of a function of the driver behind.
fn function(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the library stays open, and the name is a C string.
    let address = unsafe { dlsym(behind()?, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

/// Functions that go on to the driver behind; those `at the cable` are refused while it is out, also when it was pulled
/// meanwhile.
macro_rules! forward {
    (@refused at_the_cable) => { is_unplugged() };
    (@refused always) => { false };
    ($($when:ident fn $name:ident($($argument:ident: $type:ty),*);)*) => { $(
        /// As `ifdhandler.h` has it.
        ///
        /// # Safety
        /// Is called by pcscd alone, with what that header demands.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> c_long {
            if forward!(@refused $when) {
                return NO_SUCH_DEVICE;
            }
            let name = concat!(stringify!($name), "\0");
            let function = CStr::from_bytes_with_nul(name.as_bytes()).ok().and_then(function);
            let Some(function) = function else { return COMMUNICATION_ERROR };
            // SAFETY: the driver behind has this function by the same header.
            let answer = unsafe {
                let function: unsafe extern "C" fn($($type),*) -> c_long = std::mem::transmute(function);
                function($($argument),*)
            };
            if forward!(@refused $when) { NO_SUCH_DEVICE } else { answer }
        }
    )* };
}

forward! {
    at_the_cable fn IFDHCreateChannel(lun: Lun, channel: c_ulong);
    at_the_cable fn IFDHCreateChannelByName(lun: Lun, name: *mut c_char);
    always fn IFDHCloseChannel(lun: Lun);
    always fn IFDHGetCapabilities(lun: Lun, tag: c_ulong, length: Length, value: Bytes);
    always fn IFDHSetCapabilities(lun: Lun, tag: c_ulong, length: c_ulong, value: Bytes);
    always fn IFDHSetProtocolParameters(lun: Lun, protocol: c_ulong, flags: c_uchar, one: c_uchar, two: c_uchar, three: c_uchar);
    at_the_cable fn IFDHPowerICC(lun: Lun, action: c_ulong, atr: Bytes, length: Length);
    at_the_cable fn IFDHTransmitToICC(lun: Lun, send: IoHeader, sent: Bytes, sent_length: c_ulong, got: Bytes, got_length: Length, receive: *mut IoHeader);
    at_the_cable fn IFDHICCPresence(lun: Lun);
    at_the_cable fn IFDHControl(lun: Lun, code: c_ulong, sent: Bytes, sent_length: c_ulong, got: Bytes, got_max: c_ulong, got_length: Length);
}
