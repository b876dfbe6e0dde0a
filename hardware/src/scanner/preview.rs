//! A small picture of a page for the screen, made row by row while the page is encoded: the raster
//! never stands in our heap, and no JPEG has to be unpacked again.

use super::pnm::Header;

/// A picture for the screen: rows of red, green, blue. Personal: never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbPreview {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

impl std::fmt::Debug for RgbPreview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbPreview({}×{})", self.width, self.height)
    }
}

/// Averages rows and columns of a page that comes row after row into a smaller picture.
pub(crate) struct Shrinking {
    from: Header,
    small: RgbPreview,
    /// Of the row that is being made: red, green, blue of each pixel, added up.
    sums: Vec<u32>,
    /// How many pixels of the page fall into each column.
    columns: Vec<u32>,
    rows: u32,
    next_y: u32,
}

impl Shrinking {
    /// At most `width_px_max` wide; a page that is narrower keeps its size.
    pub fn new(from: Header, width_px_max: u32) -> Self {
        let width = from.width_px.min(width_px_max.max(1));
        let height = u64::from(from.height_px) * u64::from(width) / u64::from(from.width_px.max(1));
        let height = u32::try_from(height).unwrap_or(from.height_px).max(1);
        let mut columns = vec![0; width as usize];
        for x in 0..from.width_px {
            columns[scaled(x, from.width_px, width)] += 1;
        }
        Self {
            from,
            sums: vec![0; width as usize * 3],
            columns,
            rows: 0,
            next_y: 0,
            small: RgbPreview {
                width,
                height,
                rgb: Vec::with_capacity(width as usize * height as usize * 3),
            },
        }
    }

    /// Takes row `y`. A row that was there already changes nothing.
    pub fn row(&mut self, y: u32, row: &[u8]) {
        if y != self.next_y {
            return;
        }
        let channels = self.from.channels as usize;
        for (x, pixel) in (0..self.from.width_px).zip(row.chunks_exact(channels)) {
            let at = scaled(x, self.from.width_px, self.small.width) * 3;
            for (colour, sum) in self.sums[at..at + 3].iter_mut().enumerate() {
                *sum += u32::from(pixel[colour.min(channels - 1)]);
            }
        }
        self.rows += 1;
        self.next_y += 1;

        let (from, to) = (self.from.height_px, self.small.height);
        if self.next_y == from || scaled(y, from, to) != scaled(self.next_y, from, to) {
            self.finish_row();
        }
    }

    fn finish_row(&mut self) {
        let Self {
            sums,
            columns,
            rows,
            small,
            ..
        } = self;
        for (pixel, columns) in sums.as_chunks::<3>().0.iter().zip(columns) {
            let count = (*columns * *rows).max(1);
            small
                .rgb
                .extend(pixel.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)));
        }
        sums.fill(0);
        *rows = 0;
    }

    /// The picture, once every row was there.
    pub fn finish(self) -> RgbPreview {
        self.small
    }
}

/// Where `at` of `from` lies among `to`.
fn scaled(at: u32, from: u32, to: u32) -> usize {
    (u64::from(at) * u64::from(to) / u64::from(from.max(1))) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(width_px: u32, height_px: u32, channels: u32) -> Header {
        Header {
            width_px,
            height_px,
            channels,
            raster_at: 0,
        }
    }

    fn shrink(header: Header, width_px_max: u32, row: impl Fn(u32) -> Vec<u8>) -> RgbPreview {
        let mut shrinking = Shrinking::new(header, width_px_max);
        for y in 0..header.height_px {
            shrinking.row(y, &row(y));
        }
        shrinking.finish()
    }

    #[test]
    fn a_preview_has_the_width_asked_for_and_the_proportions_and_colours_of_the_page() {
        // The left half black, the right half red.
        let half = |_| [[0_u8, 0, 0].repeat(310), [220, 0, 0].repeat(310)].concat();
        let preview = shrink(header(620, 877, 3), 200, half);

        assert_eq!((preview.width, preview.height), (200, 282));
        assert_eq!(preview.rgb.len(), 200 * 282 * 3);
        let pixel = |x: usize, y: usize| &preview.rgb[(y * 200 + x) * 3..][..3];
        assert_eq!((pixel(20, 100), pixel(180, 281)), (&[0, 0, 0][..], &[220, 0, 0][..]));
    }

    #[test]
    fn thin_black_lines_become_grey_and_are_not_lost() {
        let lines = |y: u32| vec![if y.is_multiple_of(4) { 0 } else { 240 }; 400];
        let preview = shrink(header(400, 400, 1), 100, lines);
        assert!(preview.rgb.iter().all(|value| *value == 180), "{:?}", &preview.rgb[..9]);
    }

    #[test]
    fn a_page_that_is_small_already_is_not_blown_up() {
        let preview = shrink(header(64, 32, 1), 500, |_| vec![7; 64]);
        assert_eq!(
            (preview.width, preview.height, preview.rgb),
            (64, 32, vec![7; 64 * 32 * 3])
        );
    }

    proptest! {
        #[test]
        fn any_page_gives_a_whole_picture_of_its_own_colour(
            width in 1_u32..300, height in 1_u32..300, wanted in 0_u32..300, value: u8,
        ) {
            let preview = shrink(header(width, height, 3), wanted, |_| vec![value; width as usize * 3]);
            prop_assert_eq!(preview.rgb.len(), (preview.width * preview.height * 3) as usize);
            prop_assert!(preview.rgb.iter().all(|pixel| *pixel == value));
        }
    }
}
