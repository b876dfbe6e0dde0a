//! The scanner's window: where the sheets lie in it, what lies behind them, and the light on them.

use image::{Rgb, RgbImage};

use super::sheet::{byte, fraction, whole};
/// What is seen where there is no paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lid {
    Black,
    Grey,
    White,
}

impl Lid {
    pub const ALL: [Self; 3] = [Self::Black, Self::Grey, Self::White];

    fn colour(self) -> [f32; 3] {
        match self {
            Self::Black => [23.0, 22.0, 25.0],
            Self::Grey => [126.0, 128.0, 131.0],
            Self::White => [254.0, 254.0, 255.0],
        }
    }
}

/// A sheet in the window, turned clockwise about its centre.
pub(super) struct Lying<'a> {
    pub sheet: &'a RgbImage,
    pub size_mm: [f32; 2],
    /// Radius of its corners.
    pub corner_mm: f32,
    pub centre_mm: [f32; 2],
    pub turn_degrees: f32,
}

impl Lying<'_> {
    /// The place on the sheet that lies at a place of the window, in millimetres from its upper left corner.
    fn place(&self, [x, y]: [f32; 2], (sin, cos): (f32, f32)) -> [f32; 2] {
        let [dx, dy] = [x - self.centre_mm[0], y - self.centre_mm[1]];
        [
            cos * dx + sin * dy + self.size_mm[0] / 2.0,
            cos * dy - sin * dx + self.size_mm[1] / 2.0,
        ]
    }

    /// How far within its edges a place on the sheet is; less than 0 beyond them.
    fn inner(&self, [u, v]: [f32; 2]) -> f32 {
        let [across, down] = [u.min(self.size_mm[0] - u), v.min(self.size_mm[1] - v)];
        let to_corner = [across, down].map(|inner| self.corner_mm - inner);
        if self.corner_mm > 0.0 && to_corner[0] > 0.0 && to_corner[1] > 0.0 {
            return self.corner_mm - to_corner[0].hypot(to_corner[1]);
        }
        across.min(down)
    }
}

/// A tip of a finger: from beyond the window to `tip_mm`.
pub(super) struct Finger {
    pub from_mm: [f32; 2],
    pub tip_mm: [f32; 2],
    pub half_width_mm: f32,
    pub skin: [f32; 3],
}

/// A spot or a band of light.
pub(super) struct Glare {
    pub at_mm: [f32; 2],
    /// Half of its shorter side.
    pub radius_mm: f32,
    /// How many times as long as wide it is.
    pub longer: f32,
    /// Clockwise, of the longer side from the vertical: sine and cosine.
    pub turn: (f32, f32),
    /// Levels of light added in its middle.
    pub strength: f32,
}

impl Glare {
    fn shine(&self, [x, y]: [f32; 2]) -> f32 {
        let [dx, dy] = [x - self.at_mm[0], y - self.at_mm[1]];
        let (sin, cos) = self.turn;
        let [across, along] = [dx * cos + dy * sin, dy * cos - dx * sin];
        let r = across.hypot(along / self.longer) / self.radius_mm;
        self.strength * (-r.powi(4)).exp()
    }
}

pub(super) struct Window<'a> {
    pub size_mm: [f32; 2],
    pub lid: Lid,
    /// The upper one first.
    pub sheets: Vec<Lying<'a>>,
    /// How much light is lost at the dark end, 0 to 1, and towards which direction it lies.
    pub shadow: (f32, f32),
    pub exposure: f32,
    pub glare: Option<Glare>,
    pub finger: Option<Finger>,
}

impl Window<'_> {
    pub fn scan(&self, px_per_mm: f32) -> RgbImage {
        let turns: Vec<_> = self
            .sheets
            .iter()
            .map(|lying| lying.turn_degrees.to_radians().sin_cos())
            .collect();
        let [width, height] = self.size_mm.map(|mm| whole(mm * px_per_mm));

        RgbImage::from_fn(width, height, |x, y| {
            let at = [x, y].map(|px| (fraction(px) + 0.5) / px_per_mm);
            let mut light = self.lid.colour();
            for (lying, turn) in self.sheets.iter().zip(&turns).rev() {
                lay(&mut light, lying, lying.place(at, *turn), px_per_mm);
            }
            if let Some(finger) = &self.finger {
                cover(&mut light, finger, at);
            }
            let lit = self.light(at) * self.exposure;
            let shine = self.glare.as_ref().map_or(0.0, |glare| glare.shine(at));
            Rgb(light.map(|level| byte(level * lit + shine)))
        })
    }

    fn light(&self, [x, y]: [f32; 2]) -> f32 {
        let (depth, direction) = self.shadow;
        let (sin, cos) = direction.sin_cos();
        let along = (x / self.size_mm[0] - 0.5) * cos + (y / self.size_mm[1] - 0.5) * sin;
        let t = (along + 0.5).clamp(0.0, 1.0);
        1.0 - depth * t * t * (3.0 - 2.0 * t)
    }
}

/// Lays the sheet over what is below it; beside its edges it throws a thin shadow.
fn lay(light: &mut [f32; 3], lying: &Lying<'_>, [u, v]: [f32; 2], px_per_mm: f32) {
    let inner = lying.inner([u, v]);
    if inner < -3.0 {
        return;
    }

    let cover = (inner * px_per_mm + 0.5).clamp(0.0, 1.0);
    if cover < 1.0 {
        let shade = 1.0 - 0.24 * (inner.min(0.0) / 0.5).exp();
        *light = light.map(|level| level * shade);
    }
    if cover > 0.0 {
        let paper = bilinear(lying.sheet, u * px_per_mm - 0.5, v * px_per_mm - 0.5);
        for (level, paper) in light.iter_mut().zip(paper) {
            *level += (paper - *level) * cover;
        }
    }
}

fn cover(light: &mut [f32; 3], finger: &Finger, [x, y]: [f32; 2]) {
    let ([ax, ay], [bx, by]) = (finger.from_mm, finger.tip_mm);
    let (lx, ly) = (bx - ax, by - ay);
    let t = (((x - ax) * lx + (y - ay) * ly) / (lx * lx + ly * ly)).clamp(0.0, 1.0);
    let distance = (x - ax - lx * t).hypot(y - ay - ly * t) / finger.half_width_mm;

    if distance >= 1.0 {
        // The finger keeps light from the paper around it.
        let shade = 1.0 - 0.35 * (-(distance - 1.0) * 5.0).exp();
        *light = light.map(|level| level * shade);
        return;
    }
    let round = (1.0 - distance * distance).sqrt() * 0.45 + 0.6;
    let to_tip = (x - bx).hypot(y - by) / finger.half_width_mm;
    let nail = if to_tip < 0.62 { 1.09 } else { 1.0 };
    let creases = 1.0 + 0.03 * (t * 60.0).sin();
    for (level, skin) in light.iter_mut().zip(finger.skin) {
        *level = skin * round * nail * creases;
    }
}

fn bilinear(image: &RgbImage, x: f32, y: f32) -> [f32; 3] {
    let (right, bottom) = (image.width() - 1, image.height() - 1);
    let (x, y) = (x.clamp(0.0, fraction(right)), y.clamp(0.0, fraction(bottom)));
    let (col, row) = (whole(x), whole(y));
    let (fx, fy) = (x - fraction(col), y - fraction(row));
    let (next_col, next_row) = ((col + 1).min(right), (row + 1).min(bottom));
    let [a, b, c, d] = [(col, row), (next_col, row), (col, next_row), (next_col, next_row)]
        .map(|(x, y)| image.get_pixel(x, y).0.map(f32::from));

    std::array::from_fn(|n| {
        let (top, low) = (a[n] + (b[n] - a[n]) * fx, c[n] + (d[n] - c[n]) * fx);
        top + (low - top) * fy
    })
}
