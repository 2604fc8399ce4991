import { Column, Entity, ManyToOne, PrimaryColumn } from "typeorm";
export enum Lang { EN = "en", DE = "de" }
@Entity("lang") export class LangE { @PrimaryColumn({ type: "enum", enum: Lang, enumName: "lang_enum" }) code: Lang; }
@Entity("text") export class TextE { @PrimaryColumn() id: number; @ManyToOne(() => LangE) lang: LangE; }
